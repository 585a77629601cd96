// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/** {@code agent version}. */
@Command(
        name = "version",
        description = "Prints the version, and with --all what it was built from and runs on.",
        footerHeading = "%nExample:%n",
        footer = "  agent version --all",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:printed", "64:the command line is not understood"})
final class VersionCommand implements Callable<Integer> {
    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Option(names = "--all", description = "Libraries, build date and Java as well.")
    private boolean all;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        BuildFacts facts = BuildFacts.read();
        console.out().println("attestation-agent " + facts.version());
        if (all) {
            facts.rest().forEach((name, value) -> console.out().println(name + " " + value));
            console.out()
                    .println(
                            "running on "
                                    + System.getProperty("java.vendor.version", "Java")
                                    + " "
                                    + Runtime.version());
        }
        return ExitCodes.OK;
    }
}
