// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.Assignments;
import attestation.config.Nearest;
import attestation.config.Notice;
import attestation.config.Origin;
import attestation.config.Snippets;
import attestation.config.Surroundings;
import attestation.config.toml.Shown;
import attestation.config.toml.TomlException;
import attestation.config.toml.TomlFile;
import attestation.config.toml.TomlValue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The options as they stand in files and environment, the strongest source's value for each. */
final class RawOptions {
    /** A value and where it stands. */
    record Raw(TomlValue value, Origin origin) {}

    private static final String SECTION = "agent";
    private static final String PREFIX = "KEYLIME_AGENT_";
    private static final String CONFIG_VARIABLE = "KEYLIME_AGENT_CONFIG";
    private static final Pattern LEFT_OVER =
            Pattern.compile(
                    "\\..*|.*~|#.*#|.*\\.(bak|old|orig|save|swp|tmp|rpmsave|rpmnew|rpmorig)"
                            + "|.*\\.(dpkg|ucf)-.*");

    private final Assignments assignments;
    private final Map<String, Raw> options = new HashMap<>();

    RawOptions(Assignments assignments) {
        this.assignments = assignments;
    }

    Optional<Raw> get(String option) {
        return Optional.ofNullable(options.get(option));
    }

    void read(KeylimeFiles files) {
        for (KeylimeFiles.Place place : files.places()) {
            readFile(place.file(), place.required());
            if (place.withSnippets()) {
                readSnippets(place.snippets());
            }
        }
    }

    private void readFile(Path file, boolean required) {
        try {
            TomlFile.read(file).settings().forEach(setting -> take(file, setting));
        } catch (TomlException e) {
            boolean absent = e.missing() && !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            if (required || !absent) {
                assignments.problem(Origin.of(e), e.text());
            }
        }
    }

    private void readSnippets(Path folder) {
        try {
            Snippets snippets = Snippets.of(folder, name -> !LEFT_OVER.matcher(name).matches());
            snippets.files().forEach(file -> readFile(file, true));
            snippets.skipped().forEach(this::skipped);
        } catch (IOException e) {
            assignments.problem(new Origin.File(folder, 0), String.valueOf(e.getMessage()));
        }
    }

    private void skipped(Path file) {
        String text = "not read: a directory, a hidden file or a backup by its name";
        assignments.notice(Notice.Level.INFO, new Origin.File(file, 0), text);
    }

    private void take(Path file, TomlFile.Setting setting) {
        Origin origin = new Origin.File(file, setting.line());
        if (setting.section().equals(SECTION)) {
            put(setting.key(), setting.value(), origin);
        } else {
            String name = (setting.section() + "." + setting.key()).replaceFirst("^\\.", "");
            String text = " is not in section [agent], so it is not read";
            assignments.notice(Notice.Level.WARNING, origin, Shown.name(name) + text);
        }
    }

    private void put(String option, TomlValue value, Origin origin) {
        if (KeylimeOptions.find(option).isPresent()) {
            options.put(option, new Raw(value, origin));
        } else {
            assignments.notice(Notice.Level.WARNING, origin, unknown(option));
        }
    }

    private static String unknown(String option) {
        List<String> known = KeylimeOptions.all().stream().map(KeylimeOption::name).toList();
        String nearest =
                Nearest.to(option, known).map(name -> "; nearest known option: " + name).orElse("");
        return "unknown option " + Shown.name(option) + ", so it is not used" + nearest;
    }

    /** The prefix counts in any case; an empty value counts, too. */
    void readEnvironment(Surroundings surroundings) {
        new TreeMap<>(surroundings.environment())
                .forEach(
                        (variable, value) -> {
                            String upper = variable.toUpperCase(Locale.ROOT);
                            if (upper.startsWith(PREFIX) && !upper.equals(CONFIG_VARIABLE)) {
                                put(
                                        upper.substring(PREFIX.length()).toLowerCase(Locale.ROOT),
                                        new TomlValue.Text(value),
                                        new Origin.Environment(Shown.name(variable)));
                            }
                        });
        surroundings.variable("KEYLIME_DIR").ifPresent(this::directory);
    }

    private void directory(String path) {
        options.put(
                "keylime_dir",
                new Raw(new TomlValue.Text(path), new Origin.Environment("KEYLIME_DIR")));
    }
}
