// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.ConfigException;
import attestation.config.EffectiveConfig;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Notice;
import attestation.config.Surroundings;

import org.junit.jupiter.api.Assertions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A host's root folder with Keylime's files in it, and a process's environment. */
final class KeylimeHost {
    final Path root;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> overrides = new HashMap<>();
    private boolean superuser;

    KeylimeHost(Path root) {
        this.root = root;
    }

    /** A host with {@code /etc/keylime/agent.conf}; its section [agent] is line 1. */
    static KeylimeHost with(Path root, String... lines) {
        return new KeylimeHost(root)
                .file("/etc/keylime/agent.conf", "[agent]\n" + String.join("\n", lines) + "\n");
    }

    KeylimeHost file(String place, String text) {
        Path file = root.resolve(place.substring(1));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    KeylimeHost environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    KeylimeHost override(String name, String value) {
        overrides.put(name, value);
        return this;
    }

    KeylimeHost asRoot() {
        superuser = true;
        return this;
    }

    ConfigSource choose(Optional<Path> option) throws ConfigException {
        return ConfigSource.choose(option, new Surroundings(environment, root, superuser));
    }

    LoadedConfig load(FileCheck check) throws ConfigException {
        return choose(Optional.empty()).load(overrides, check);
    }

    LoadedConfig load() {
        return Assertions.assertDoesNotThrow(() -> load(FileCheck.SKIPPED));
    }

    /** The problems, with the root's name taken out. */
    List<String> problems(FileCheck check) {
        ConfigException thrown = Assertions.assertThrows(ConfigException.class, () -> load(check));
        return Arrays.asList(withoutRoot(String.valueOf(thrown.getMessage())).split("\n"));
    }

    List<String> problems() {
        return problems(FileCheck.SKIPPED);
    }

    List<String> notices(Notice.Level level) {
        return load().notices().stream()
                .filter(notice -> notice.level() == level)
                .map(notice -> withoutRoot(notice.toString()))
                .toList();
    }

    private String withoutRoot(String text) {
        return text.replace(root + "/", "/");
    }

    EffectiveConfig.Row row(String key) {
        return load().effective().rows().stream()
                .filter(row -> row.name().equals(key))
                .findFirst()
                .orElseThrow();
    }
}
