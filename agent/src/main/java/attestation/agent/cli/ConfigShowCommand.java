// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.keylime.config.ConfigSource;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code agent config show}. */
@Command(
        name = "show",
        description =
                "Prints every setting with the value that counts and where it comes from, and in"
                        + " brackets Keylime's name for it where it was set by that; secrets are"
                        + " masked.",
        footerHeading = "%nExample:%n",
        footer = {
            "  agent config show | grep https",
            "  agent config show --config /etc/keylime/agent.conf"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:shown",
            "64:the command line is not understood",
            "78:the configuration cannot be used; every problem is printed"
        })
final class ConfigShowCommand implements Callable<Integer> {
    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ConfigOption config = new ConfigOption();

    ConfigShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        ConfigSource source = ConfigReader.source(config.file());
        LoadedConfig loaded = ConfigReader.load(source, FileCheck.SKIPPED);
        ConfigNotices.print(loaded, console);
        console.out().println("# " + source.describe());
        console.out().print(loaded.effective().render());
        return ExitCodes.OK;
    }
}
