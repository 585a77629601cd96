// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.doctor.Host;
import attestation.agent.host.LinuxXattrs;
import attestation.agent.setup.Commands;
import attestation.agent.setup.Installer;
import attestation.agent.setup.Plan;
import attestation.agent.setup.Planner;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;

/** {@code agent ima setup}. */
@Command(
        name = "setup",
        description = {
            "Installs an IMA policy as /etc/ima/ima-policy with its signature, loads it now where"
                    + " the kernel can, and makes the initramfs load the keys where it appraises.",
            "Refuses what would not boot, before anything is changed. Needs root."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  agent ima setup --policy FILE --dry-run",
            "  agent ima setup --policy FILE --yes",
            "  agent ima setup --undo"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or with --dry-run: it would be done",
            "1:refused, nothing was changed; or a step failed, it is named",
            "64:the command line is not understood",
            "69:something that decides cannot be read"
        })
final class ImaSetupCommand implements Callable<Integer> {
    private static final int REFUSED = 1;

    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--policy", paramLabel = "FILE", description = "The policy to install.")
    private @Nullable Path policy;

    @Option(names = "--dry-run", description = "Shows the plan, changes nothing.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Goes ahead; without it only the plan is shown.")
    private boolean yes;

    @Option(names = "--undo", description = "Restores the files as they were before.")
    private boolean undo;

    @Option(names = "--root", hidden = true, description = "For tests: the tree to change.")
    private Path root = Path.of("/");

    ImaSetupCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        if (undo == (policy != null) || (yes && dryRun)) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "setup: (expected: --policy FILE with --dry-run or --yes, or --undo)");
        }
        Host host = Host.running(root, new LinuxXattrs(), Instant.now());
        Installer installer =
                new Installer(host, Commands.ofThisHost(), line -> print("done: " + line));
        return undo
                ? undo(installer)
                : install(host, installer, java.util.Objects.requireNonNull(policy));
    }

    private int install(Host host, Installer installer, Path file) throws CliException {
        Plan plan = plan(host, file);
        if (!plan.refusals().isEmpty()) {
            plan.refusals().forEach(reason -> console.error(Terminal.escape(reason)));
            console.error("refused, nothing was changed");
            return REFUSED;
        }
        plan.steps().forEach(step -> print("plan: " + step));
        plan.notes().forEach(note -> print("note: " + note));
        if (!yes) {
            print("nothing was changed; --yes goes ahead");
            return ExitCodes.OK;
        }
        try {
            installer.install(plan);
            return ExitCodes.OK;
        } catch (IOException e) {
            return failed(e);
        }
    }

    private static Plan plan(Host host, Path file) throws CliException {
        try {
            return new Planner(host).plan(file.toAbsolutePath());
        } catch (IOException | RuntimeException e) {
            throw new CliException(
                    ExitCodes.UNAVAILABLE,
                    "cannot plan, nothing was changed: "
                            + Terminal.escape(String.valueOf(e.getMessage())));
        }
    }

    private int undo(Installer installer) {
        try {
            installer.undo();
            print("note: a policy that is loaded stays until the reboot");
            return ExitCodes.OK;
        } catch (IOException e) {
            return failed(e);
        }
    }

    private int failed(IOException e) {
        console.error(Terminal.escape(String.valueOf(e.getMessage())));
        return REFUSED;
    }

    private void print(String line) {
        console.out().println(Terminal.escape(line));
    }
}
