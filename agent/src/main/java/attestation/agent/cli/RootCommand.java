// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** {@code agent} alone: its help. */
@Command(
        name = "agent",
        description = "Proves to a remote verifier what this host runs, and checks such proof.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = false,
        subcommands = {},
        footerHeading = "%nExample:%n",
        footer = {"  agent status", "", "agent COMMAND --help explains one command."},
        exitCodeListHeading = "%nExit codes of all commands, beside their own:%n",
        exitCodeList = {
            "64:the command line is not understood",
            "69:something that is needed is not there",
            "70:a defect of this program",
            "74:the output could not be written",
            "78:the configuration cannot be used"
        })
final class RootCommand implements Callable<Integer> {
    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    boolean help;

    @CommandLine.Option(names = "--version", description = "Shows the version, as agent version.")
    private boolean version;

    RootCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (version) {
            return new VersionCommand(console).call();
        }
        spec.commandLine().usage(console.err());
        return ExitCodes.USAGE;
    }
}
