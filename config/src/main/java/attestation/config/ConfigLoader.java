// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.Key;
import attestation.config.key.Keys;
import attestation.config.toml.Shown;
import attestation.config.toml.TomlException;
import attestation.config.toml.TomlFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Reads our own configuration: defaults, then a TOML file, then the snippets beside it ({@code
 * FILE.d/*.toml} by name), then the environment, then the command line; later ones win. Jackson's
 * parser keeps no locations, so lines come from a second walk over the text.
 */
public final class ConfigLoader {
    /** Where the file lies unless something else is said. */
    public static final String STANDARD_FILE = "/etc/attestation-agent/agent.toml";

    private final Assignments assignments = new Assignments();

    private ConfigLoader() {}

    /**
     * Reads everything and checks it.
     *
     * @param file must exist
     * @param overrides from the command line: {@code section.key} to value
     * @throws ConfigException with every problem of every source
     */
    public static LoadedConfig load(
            Path file, Map<String, String> overrides, Surroundings surroundings, FileCheck check)
            throws ConfigException {
        ConfigLoader loader = new ConfigLoader();
        loader.read(file);
        loader.readSnippets(file.resolveSibling(file.getFileName() + ".d"));
        Overlays.apply(loader.assignments, overrides, surroundings, check);
        return loader.assignments.build();
    }

    private void read(Path file) {
        try {
            take(TomlFile.read(file));
        } catch (TomlException e) {
            assignments.problem(Origin.of(e), e.text());
        }
    }

    private void readSnippets(Path folder) {
        try {
            Snippets snippets =
                    Snippets.of(folder, name -> name.endsWith(".toml") && !name.startsWith("."));
            snippets.files().forEach(this::read);
            snippets.skipped().forEach(this::skipped);
        } catch (IOException e) {
            assignments.problem(new Origin.File(folder, 0), String.valueOf(e.getMessage()));
        }
    }

    private void skipped(Path file) {
        assignments.notice(
                Notice.Level.INFO,
                new Origin.File(file, 0),
                "not read: its name does not end in .toml");
    }

    private void take(TomlFile file) {
        file.sections().forEach((section, line) -> checkSection(file, section, line));
        file.settings().forEach(setting -> take(file.path(), setting));
    }

    private void checkSection(TomlFile file, String section, int line) {
        if (!Keys.sections().containsKey(section)) {
            String hint = UnknownName.hint(section, Keys.sections().keySet(), "section");
            String text = "unknown section [" + Shown.name(section) + "]" + hint;
            assignments.problem(new Origin.File(file.path(), line), text);
        }
    }

    private void take(Path file, TomlFile.Setting setting) {
        Origin origin = new Origin.File(file, setting.line());
        if (setting.section().isEmpty()) {
            outsideOfSections(setting, origin);
        } else if (Keys.sections().containsKey(setting.section())) {
            String name = setting.section() + "." + setting.key();
            Optional<Key<?>> key = Keys.find(name);
            key.ifPresentOrElse(
                    found -> assignments.set(found, setting.value(), origin, name),
                    () -> assignments.problem(origin, UnknownName.key(name)));
        }
    }

    private void outsideOfSections(TomlFile.Setting setting, Origin origin) {
        String name = Shown.name(setting.key());
        assignments.problem(
                origin, "key outside of any section: " + name + UnknownName.keyHint(setting.key()));
    }
}
