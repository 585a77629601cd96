// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One TOML file of at most 1 MiB: its sections and its settings, each with its line.
 *
 * @param path where it was read
 * @param sections the top-level tables with their lines, in the file's order
 * @param settings the values in them and those outside of any, in the file's order
 */
public record TomlFile(Path path, Map<String, Integer> sections, List<Setting> settings) {
    private static final int MAX_SETTINGS = 1000;

    /**
     * One value.
     *
     * @param section the top-level table, empty for a value outside of any
     * @param key the name in it
     * @param line counted from 1
     */
    public record Setting(String section, String key, TomlValue value, int line) {}

    /**
     * Reads and parses the file.
     *
     * @throws TomlException when it cannot be read, is too large, not UTF-8 or not TOML, or holds a
     *     key or table twice
     */
    public static TomlFile read(Path file) throws TomlException {
        return parse(file, BoundedText.read(file));
    }

    /** As {@link #read}, for text at hand; {@code file} is its name in errors. */
    public static TomlFile parse(Path file, String text) throws TomlException {
        TomlLines lines = TomlLines.of(text);
        TomlFile found = collect(file, tree(file, text, lines), lines);
        if (found.settings().size() > MAX_SETTINGS) {
            String wrong = found.settings().size() + " keys (expected: at most " + MAX_SETTINGS;
            throw new TomlException(file, 0, wrong + ")");
        }
        return found;
    }

    private static Map<String, TomlValue> tree(Path file, String text, TomlLines lines)
            throws TomlException {
        try {
            return TomlTree.parse(text);
        } catch (JsonProcessingException e) {
            throw lines.duplicate()
                    .map(twice -> duplicate(file, twice))
                    .orElseGet(() -> new TomlException(file, line(e), TomlTree.explain(e)));
        } catch (IOException e) {
            throw new TomlException(file, "not valid TOML", e);
        }
    }

    private static int line(JsonProcessingException error) {
        JsonLocation location = error.getLocation();
        return location == null ? 0 : Math.max(0, location.getLineNr());
    }

    private static TomlException duplicate(Path file, TomlLines.Duplicate twice) {
        String name = Shown.name(String.join(".", twice.path()));
        String what = twice.table() ? "duplicate section [" + name + "]" : "duplicate key " + name;
        return new TomlException(
                file, twice.line(), what + " (first on line " + twice.firstLine() + ")");
    }

    private static TomlFile collect(Path file, Map<String, TomlValue> tree, TomlLines lines) {
        Map<String, Integer> sections = new LinkedHashMap<>();
        List<Setting> settings = new ArrayList<>();
        tree.forEach(
                (name, value) -> {
                    if (value instanceof TomlValue.Table table) {
                        sections.put(name, lines.lineOf(List.of(name)));
                        table.values()
                                .forEach(
                                        (key, inner) ->
                                                settings.add(setting(name, key, inner, lines)));
                    } else {
                        settings.add(new Setting("", name, value, lines.lineOf(List.of(name))));
                    }
                });
        return new TomlFile(file, sections, List.copyOf(settings));
    }

    private static Setting setting(String section, String key, TomlValue value, TomlLines lines) {
        return new Setting(section, key, value, lines.lineOf(List.of(section, key)));
    }
}
