// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/** {@code agent identity reset}. */
@Command(
        name = "reset",
        description = {
            "Makes this host forget its AK; the next start makes a new one.",
            "",
            "The registrar then knows the host by an AK it no longer has: delete its entry there and"
                    + " enrol it anew. The old file is kept beside."
        },
        footerHeading = "%nExample:%n",
        footer = "  systemctl stop attestation-agent && agent identity reset --yes",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:forgotten",
            "64:--yes is missing, or the command line is not understood",
            "69:there is no AK here, or the file cannot be moved",
            "78:the configuration cannot be used"
        })
final class IdentityResetCommand implements Callable<Integer> {
    private final Console console;
    private final IdentitySource source;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--yes", description = "Says that it is meant.")
    private boolean yes;

    IdentityResetCommand(Console console, IdentitySource source) {
        this.console = console;
        this.source = source;
    }

    @Override
    public Integer call() throws CliException {
        if (!yes) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "identity reset: this host must be enrolled anew afterwards (expected: --yes to"
                            + " say that it is meant)");
        }
        console.out().println(source.reset(config.file()));
        return ExitCodes.OK;
    }
}
