// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Only the help of {@code agent run}: the command itself is taken apart by {@link Main}. */
@Command(
        name = "run",
        description = {
            "Runs the agent in the foreground.",
            "",
            "Logs to stderr with journal priorities. SIGTERM ends it after the requests in flight,"
                    + " SIGHUP reads certificates, CAs and log level again."
        },
        footerHeading = "%nExample:%n",
        footer = "  agent run --config /etc/attestation-agent/agent.toml",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped as told",
            "64:the command line is not understood",
            "69:something that is needed is not there",
            "70:a part failed",
            "75:another agent is running",
            "78:the configuration cannot be used"
        })
final class RunCommand implements Runnable {
    @Mixin HelpOption help = new HelpOption();
    @Mixin ConfigOption config = new ConfigOption();

    @Override
    public void run() {
        throw new IllegalStateException("agent run is not started through here");
    }
}
