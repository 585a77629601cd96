// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.doctor.Check;
import attestation.agent.doctor.Doctor;
import attestation.agent.doctor.Finding;
import attestation.agent.doctor.Host;
import attestation.agent.doctor.HostTpm;
import attestation.agent.doctor.RecordedJournal;
import attestation.agent.doctor.State;
import attestation.agent.host.LinuxXattrs;
import attestation.agent.integrity.HostFiles;
import attestation.config.Nearest;
import attestation.tpm.TpmAddress;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code agent doctor}. */
@Command(
        name = "doctor",
        description = {
            "Checks the whole procedure of kernel integrity on this host, row by row: kernel and"
                    + " list, TPM, policy, keys, next boot, signatures, appraisal, audit, EVM.",
            "Reads only. Needs no root; what only root can see is told as such."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  sudo agent doctor", "  agent doctor policy-file next-boot"},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no problem",
            "1:at least one problem; its repair stands below it",
            "2:no problem seen, but something essential could not be told",
            "64:the command line is not understood"
        })
final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "CHECK",
            description = "Only these; --list names all. Default: all.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--json", description = "Prints one JSON object a check.")
    private boolean json;

    @Option(names = "--list", description = "Names the checks and runs none.")
    private boolean list;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description =
                    "Judges the tree below this folder instead of this host; messages of its kernel"
                            + " and PID 1, its initramfs' modules and its packages' signatures"
                            + " are read from journal/kernel, journal/manager,"
                            + " journal/initramfs and journal/packages in it.")
    private Path root = Path.of("/");

    @Option(
            names = "--tcti",
            paramLabel = "TCTI",
            description =
                    "The TPM that is judged, device:/dev/tpmrm1 for example. Default: the one that"
                            + " the agent is configured for, else the kernel's first.")
    private @Nullable String tcti;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        List<Check> checks = chosen();
        if (list) {
            checks.forEach(check -> console.out().println(check.name()));
            return ExitCodes.OK;
        }
        List<Doctor.Result> results = Doctor.run(checks, host());
        console.out().print(json ? json(results) : text(results));
        console.out().flush();
        return Doctor.exitCode(results);
    }

    private Host host() throws CliException {
        Host host = standard();
        return tpm().map(host::with).orElse(host);
    }

    /** Who may run doctor need not be allowed to read the agent's configuration. */
    private Optional<HostTpm> tpm() throws CliException {
        Optional<String> given = Optional.ofNullable(tcti);
        if (given.isEmpty() && !isThisHost()) {
            return Optional.empty();
        }
        try {
            Optional<HostTpm> tpm = device(TpmAccess.settings(Optional.empty(), given).address());
            if (given.isPresent() && tpm.isEmpty()) {
                throw new CliException(
                        ExitCodes.USAGE,
                        "--tcti: "
                                + Terminal.escape(given.get())
                                + " (expected: a TPM of this kernel, device:/dev/tpmrm0)");
            }
            return tpm;
        } catch (CliException e) {
            if (given.isPresent()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static Optional<HostTpm> device(TpmAddress address) {
        return switch (address) {
            case TpmAddress.Device device -> HostTpm.ofDevice(device.path());
            case TpmAddress.DefaultDevice _, TpmAddress.SwtpmTcp _, TpmAddress.SwtpmUnix _ ->
                    Optional.empty();
        };
    }

    private boolean isThisHost() {
        return root.toAbsolutePath().normalize().equals(Path.of("/"));
    }

    /** Another tree's checks must not be judged by what this host's programs say. */
    private Host standard() {
        if (isThisHost()) {
            return Host.running(root, new LinuxXattrs(), Instant.now());
        }
        RecordedJournal recorded = new RecordedJournal(new HostFiles(root));
        return Host.below(root, recorded, recorded, recorded, new LinuxXattrs(), Instant.now());
    }

    private List<Check> chosen() throws CliException {
        List<Check> all = Doctor.checks();
        List<String> known = all.stream().map(Check::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new CliException(
                        ExitCodes.USAGE,
                        "check: "
                                + Terminal.escape(name)
                                + " (expected: "
                                + Nearest.to(name, known).orElse("one that --list names")
                                + ")");
            }
        }
        return names.isEmpty()
                ? all
                : all.stream().filter(check -> names.contains(check.name())).toList();
    }

    private static String text(List<Doctor.Result> results) {
        StringBuilder out = new StringBuilder();
        String group = "";
        for (Doctor.Result result : results) {
            if (!result.check().group().equals(group)) {
                group = result.check().group();
                out.append(out.isEmpty() ? "" : "\n").append(group).append('\n');
            }
            Finding finding = result.finding();
            out.append(
                    String.format(
                            Locale.ROOT,
                            "  %-12s %-16s %s%n",
                            words(finding.state()),
                            result.check().name(),
                            finding.evidence()));
            if (!finding.repair().isEmpty()) {
                out.append("  ").append(" ".repeat(30)).append("> ").append(finding.repair());
                out.append('\n');
            }
        }
        return out.toString();
    }

    private static String words(State state) {
        return switch (state) {
            case OK -> "ok";
            case WARNING -> "warning";
            case PROBLEM -> "PROBLEM";
            case UNKNOWN -> "cannot tell";
        };
    }

    private static String json(List<Doctor.Result> results) {
        StringBuilder out = new StringBuilder();
        for (Doctor.Result result : results) {
            out.append(
                    JsonLines.object(
                            json -> {
                                json.writeStringField("group", result.check().group());
                                json.writeStringField("check", result.check().name());
                                json.writeStringField(
                                        "state",
                                        words(result.finding().state()).toLowerCase(Locale.ROOT));
                                json.writeStringField("evidence", result.finding().evidence());
                                json.writeStringField("repair", result.finding().repair());
                            }));
        }
        return out.toString();
    }
}
