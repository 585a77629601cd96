// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;

/** Which configuration. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration file, ours or Keylime's; standard: what KEYLIME_AGENT_CONFIG"
                            + " names, else /etc/attestation-agent/agent.toml, else"
                            + " /etc/keylime/agent.conf.")
    @Nullable Path file;

    Optional<Path> file() {
        return Optional.ofNullable(file);
    }
}
