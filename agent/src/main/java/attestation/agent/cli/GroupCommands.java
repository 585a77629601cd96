// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands that only hold others; alone they are wrong usage. */
final class GroupCommands {
    private GroupCommands() {}

    abstract static class Group implements Runnable {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin HelpOption help = new HelpOption();

        @Override
        public void run() {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "command missing (expected: one of "
                            + String.join(", ", spec.subcommands().keySet())
                            + ")");
        }
    }

    @Command(
            name = "ima",
            description =
                    "Measurement lists, file signatures and policies of the kernel's IMA, of this"
                            + " host or any other.",
            footerHeading = "%nExample:%n",
            footer = "  agent ima replay /sys/kernel/security/ima/ascii_runtime_measurements",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"64:the command line is not understood"})
    static final class Ima extends Group {}

    @Command(
            name = "policy",
            description = "Checks IMA policies.",
            footerHeading = "%nExample:%n",
            footer = "  agent ima policy check /etc/ima/ima-policy",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"64:the command line is not understood"})
    static final class ImaPolicy extends Group {}

    @Command(
            name = "tpm",
            description = "Looks at the TPM and at what the firmware measured into it.",
            footerHeading = "%nExample:%n",
            footer = "  agent tpm info",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"64:the command line is not understood"})
    static final class Tpm extends Group {}

    @Command(
            name = "config",
            description = "Shows or checks the configuration.",
            footerHeading = "%nExample:%n",
            footer = "  agent config check --config agent.toml",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"64:the command line is not understood"})
    static final class Config extends Group {}
}
