// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.keylime.config.ConfigSource;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code agent config check}. */
@Command(
        name = "check",
        description =
                "Checks the configuration as the agent would at its start, files included, and"
                        + " prints every problem at once. Takes ours and Keylime's: agent.conf, its"
                        + " snippets and the variables KEYLIME_AGENT_*.",
        footerHeading = "%nExample:%n",
        footer = {
            "  agent config check && systemctl reload attestation-agent",
            "  agent config check --config /etc/keylime/agent.conf"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:good",
            "64:the command line is not understood",
            "78:the configuration cannot be used"
        })
final class ConfigCheckCommand implements Callable<Integer> {
    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ConfigOption config = new ConfigOption();

    ConfigCheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        ConfigSource source = ConfigReader.source(config.file());
        console.out().println(source.describe());
        console.out().flush();
        LoadedConfig loaded = ConfigReader.load(source, FileCheck.REQUIRED);
        ConfigNotices.print(loaded, console);
        console.out().println("configuration is good");
        return ExitCodes.OK;
    }
}
