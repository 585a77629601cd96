// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.keylime.config.ConfigSource;
import attestation.config.ConfigException;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.key.StatusKeys;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The configuration as commands other than {@code run} see it: the one that the agent takes. */
final class ConfigReader {
    private ConfigReader() {}

    /** Ours or Keylime's, chosen as {@code agent run} chooses. */
    static ConfigSource source(Optional<Path> file) throws CliException {
        try {
            return ConfigSource.choose(file, StandardHooks.surroundings());
        } catch (ConfigException e) {
            throw unusable(e);
        }
    }

    static LoadedConfig load(Optional<Path> file, FileCheck check) throws CliException {
        return load(source(file), check);
    }

    static LoadedConfig load(ConfigSource source, FileCheck check) throws CliException {
        try {
            return source.load(Map.of(), check);
        } catch (ConfigException e) {
            throw unusable(e);
        }
    }

    private static CliException unusable(ConfigException e) {
        return new CliException(ExitCodes.CONFIG, String.valueOf(e.getMessage()));
    }

    /**
     * Where the agent's socket is. Who may ask the agent need not be allowed to read its
     * configuration: where none was named, one that is absent or Keylime's and cannot be used means
     * the standard place.
     */
    static Path socket(Optional<Path> file) throws CliException {
        if (file.isPresent()) {
            return load(file, FileCheck.SKIPPED).config().status().socket();
        }
        ConfigSource source;
        try {
            source = ConfigSource.choose(file, StandardHooks.surroundings());
        } catch (ConfigException e) {
            return StatusKeys.SOCKET.standard();
        }
        try {
            return source.load(Map.of(), FileCheck.SKIPPED).config().status().socket();
        } catch (ConfigException e) {
            if (source.isKeylime()) {
                return StatusKeys.SOCKET.standard();
            }
            throw unusable(e);
        }
    }
}
