// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import org.junit.jupiter.api.Assertions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A configuration file in a temporary folder, its snippets, environment and command line. */
final class ConfigFiles {
    final Path folder;
    private final Path file;
    private final Map<String, String> environment = new TreeMap<>();
    private final Map<String, String> overrides = new TreeMap<>();

    ConfigFiles(Path folder, String... lines) {
        this.folder = folder;
        this.file = folder.resolve("agent.toml");
        write(file, String.join("\n", lines) + "\n");
    }

    ConfigFiles snippet(String name, String... lines) {
        write(folder.resolve("agent.toml.d").resolve(name), String.join("\n", lines) + "\n");
        return this;
    }

    ConfigFiles environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    ConfigFiles override(String name, String value) {
        overrides.put(name, value);
        return this;
    }

    LoadedConfig load() throws ConfigException {
        return load(FileCheck.SKIPPED);
    }

    LoadedConfig load(FileCheck check) throws ConfigException {
        return ConfigLoader.load(
                file, overrides, new Surroundings(environment, folder, false), check);
    }

    /** The problems, with the temporary folder's name taken out. */
    List<String> problems(FileCheck check) {
        ConfigException thrown = Assertions.assertThrows(ConfigException.class, () -> load(check));
        return Arrays.asList(
                String.valueOf(thrown.getMessage()).replace(folder + "/", "").split("\n"));
    }

    List<String> problems() {
        return problems(FileCheck.SKIPPED);
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
