// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.config.ConfigException;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.key.StatusKeys;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The configuration as commands other than {@code run} see it. */
final class ConfigReader {
    private ConfigReader() {}

    static LoadedConfig load(Optional<Path> file, FileCheck check) throws CliException {
        try {
            return ConfigLoader.load(
                    file.orElse(Path.of(ConfigLoader.STANDARD_FILE)),
                    Map.of(),
                    StandardHooks.surroundings(),
                    check);
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.CONFIG, String.valueOf(e.getMessage()));
        }
    }

    /** Where the agent's socket is; the standard place where there is no configuration at all. */
    static Path socket(Optional<Path> file) throws CliException {
        if (file.isEmpty() && Files.notExists(Path.of(ConfigLoader.STANDARD_FILE))) {
            return StatusKeys.SOCKET.standard();
        }
        return load(file, FileCheck.SKIPPED).config().status().socket();
    }
}
