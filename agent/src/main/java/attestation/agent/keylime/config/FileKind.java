// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.ConfigException;
import attestation.config.Origin;
import attestation.config.Problem;
import attestation.config.key.Keys;
import attestation.config.toml.TomlException;
import attestation.config.toml.TomlFile;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tells Keylime's file from ours. Both have a section {@code [agent]}, and some names in it are the
 * same, so only what the other cannot have counts; where there is no such thing, the file's name
 * decides.
 */
record FileKind(boolean keylime, String reason) {
    private static final String SECTION = "agent";

    static FileKind of(Path file) throws ConfigException {
        try {
            return of(TomlFile.read(file));
        } catch (TomlException e) {
            throw new ConfigException(List.of(new Problem(Origin.of(e), e.text())));
        }
    }

    static FileKind of(TomlFile file) {
        return ourSection(file)
                .or(() -> ourKey(file))
                .or(() -> keylimeOption(file))
                .orElseGet(() -> byName(file.path()));
    }

    private static Optional<FileKind> ourSection(TomlFile file) {
        return file.sections().keySet().stream()
                .filter(section -> !section.equals(SECTION) && Keys.sections().containsKey(section))
                .findFirst()
                .map(section -> new FileKind(false, "it has a section [" + section + "]"));
    }

    private static Optional<FileKind> ourKey(TomlFile file) {
        return agentKeys(file).stream()
                .filter(key -> isOurs(key) && !isKeylimes(key))
                .findFirst()
                .map(key -> new FileKind(false, "it has the key agent." + key));
    }

    private static Optional<FileKind> keylimeOption(TomlFile file) {
        return agentKeys(file).stream()
                .filter(key -> isKeylimes(key) && !isOurs(key))
                .findFirst()
                .map(key -> new FileKind(true, "it has Keylime's option " + key));
    }

    private static FileKind byName(Path file) {
        boolean keylime = file.toString().endsWith(".conf");
        return new FileKind(keylime, "its name ends " + (keylime ? "in .conf" : "not in .conf"));
    }

    private static List<String> agentKeys(TomlFile file) {
        return file.settings().stream()
                .filter(setting -> setting.section().equals(SECTION))
                .map(TomlFile.Setting::key)
                .toList();
    }

    private static boolean isOurs(String key) {
        return Keys.find(SECTION + "." + key).isPresent();
    }

    private static boolean isKeylimes(String key) {
        return KeylimeOptions.find(key).isPresent();
    }
}
