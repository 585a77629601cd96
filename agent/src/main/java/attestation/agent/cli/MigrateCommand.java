// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.installed.InstalledException;
import attestation.agent.installed.OwnFile;
import attestation.agent.installed.OwnFiles;
import attestation.agent.migrate.Finding;
import attestation.agent.migrate.Migration;
import attestation.agent.migrate.MigrationException;
import attestation.agent.migrate.Systemctl;
import attestation.config.ConfigException;
import attestation.config.Surroundings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code agent migrate}. */
@Command(
        name = "migrate",
        description = {
            "Takes this host over from Keylime's agent, or gives it back: id, AK, certificate and"
                    + " payload key stay, so that registrar and verifier notice nothing.",
            "",
            "Stops and disables Keylime's service, copies its identity files and what its"
                    + " configuration names, writes that configuration as a snippet of ours, enables"
                    + " and starts our service. Nothing of Keylime's is changed or removed.",
            "",
            "First look with --check, and give the verifier the entries that it prints: our own"
                    + " files are measured, too."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  agent migrate --check",
            "  agent policy-entries --into policy.json > policy-new.json",
            "  agent migrate && agent status",
            "  agent migrate --back"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; with --check: nothing is in the way",
            "1:with --check: something is in the way",
            "64:the command line is not understood",
            "69:not done; what is left as it was is told",
            "77:not root",
            "78:a configuration cannot be used"
        })
final class MigrateCommand implements Callable<Integer> {
    private static final int IN_THE_WAY = 1;

    /** EX_NOPERM. */
    private static final int NOT_ROOT = 77;

    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Option(
            names = "--check",
            description =
                    "Changes nothing: tells what is in the way, what would not be as before, and"
                            + " the runtime-policy entries of our own files.")
    private boolean check;

    @Option(names = "--back", description = "From our agent back to Keylime's.")
    private boolean back;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Keylime's configuration; standard: that of its service, else"
                            + " /etc/keylime/agent.conf.")
    private @Nullable Path config;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "As whom our agent runs; standard: ${DEFAULT-VALUE}.")
    private String user = "attestation-agent";

    MigrateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        if (check && back) {
            throw new CliException(
                    ExitCodes.USAGE, "migrate: --check and --back cannot be combined");
        }
        Surroundings here = StandardHooks.surroundings();
        if (!check && !here.superuser()) {
            throw new CliException(
                    NOT_ROOT, "migrate: not root (expected: root, since files change their owner)");
        }
        try {
            Migration migration =
                    Migration.ofThisHost(Optional.ofNullable(config), user, here, new Systemctl());
            if (check && !here.superuser()) {
                step("note: not root, so files that root alone may read stand as in the way");
            }
            return check ? look(migration) : exchange(migration);
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.CONFIG, String.valueOf(e.getMessage()));
        } catch (MigrationException e) {
            throw new CliException(
                    ExitCodes.UNAVAILABLE,
                    "migrate: " + Terminal.escape(String.valueOf(e.getMessage())));
        }
    }

    private int exchange(Migration migration) throws MigrationException, ConfigException {
        if (back) {
            migration.back(this::step);
            return ExitCodes.OK;
        }
        print(migration.check());
        migration.over(this::step);
        console.out()
                .println(
                        "see agent status; agent migrate --back undoes it; what was set is now in "
                                + migration.snippet());
        return ExitCodes.OK;
    }

    private void step(String text) {
        console.out().println(Terminal.escape(text));
        console.out().flush();
    }

    private int look(Migration migration) throws ConfigException {
        step(migration.describe());
        List<Finding> findings = migration.check();
        print(findings);
        entries();
        boolean free =
                findings.stream().noneMatch(finding -> finding.level() == Finding.Level.IN_THE_WAY);
        step(free ? "nothing is in the way" : "something is in the way");
        return free ? ExitCodes.OK : IN_THE_WAY;
    }

    private void print(List<Finding> findings) {
        findings.forEach(finding -> step(word(finding.level()) + ": " + finding.text()));
    }

    private static String word(Finding.Level level) {
        return switch (level) {
            case IN_THE_WAY -> "in the way";
            case LOST -> "not as before";
            case NOTE -> "note";
        };
    }

    /** Before the switch, or the first program that we run makes the host fail. */
    private void entries() {
        Optional<Path> tree = OwnFiles.treeOfThisProcess();
        if (tree.isEmpty()) {
            step("note: this command does not run from an installed tree, so it has no entries");
            return;
        }
        try {
            OwnFiles own =
                    OwnFiles.of(
                            tree.get(),
                            Path.of(System.getProperty("java.home")),
                            List.of("sha256"));
            own.differences().forEach(one -> step("in the way: " + one));
            step(
                    "the verifier's runtime policy needs these %d entries first (agent policy-entries --into POLICY.json):"
                            .formatted(own.files().size()));
            for (OwnFile file : own.files()) {
                step(file.digests().get("sha256") + "  " + file.path());
            }
        } catch (InstalledException e) {
            step("in the way: " + e.getMessage());
        }
    }
}
