// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.key.AgentKeys;
import attestation.config.toml.Shown;
import attestation.config.toml.TomlValue;
import attestation.config.value.AgentId;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The translations that the options need. */
final class Translations {
    /** Set by Keylime's sample file, hence the same on every host that was not given an id. */
    static final String SAMPLE_UUID = "d432fbb3-d2f1-4a97-9ef7-75bd81c00000";

    private static final String DEFAULT = "default";

    /** Words of Keylime's former Python agent that would make a strange id. */
    private static final Set<String> FORMER_UUID_WORDS =
            Set.of("environment", "openstack", DEFAULT);

    private Translations() {}

    static TomlValue asIs(TomlValue value, Translation.Context context) {
        return value;
    }

    static TomlValue stripped(TomlValue value, Translation.Context context) {
        return text(textOf(value).strip());
    }

    /** {@code default} or empty means the file of that name under keylime_dir. */
    static Translation path(String standard) {
        return (value, context) -> text(pathOf(textOf(value), standard, context));
    }

    /** As {@link #path}, but empty means none. */
    static Translation optionalPath(String standard) {
        return (value, context) -> textOf(value).equals(DEFAULT) ? text(standard) : value;
    }

    /** As {@link #path}, but a relative path lies under the root. */
    static Translation logPath(String standard) {
        return (value, context) -> {
            String path = pathOf(textOf(value), standard, context);
            return text(path.isEmpty() || path.startsWith("/") ? path : "/" + path);
        };
    }

    static Translation paths(String standard) {
        return (value, context) ->
                new TomlValue.Items(
                        items(value).stream()
                                .map(
                                        item ->
                                                text(
                                                        textOf(item).equals(DEFAULT)
                                                                ? standard
                                                                : textOf(item)))
                                .toList());
    }

    private static String pathOf(String path, String standard, Translation.Context context) {
        if (path.isEmpty()) {
            context.warn("empty, so the default is used");
        }
        return path.isEmpty() || path.equals(DEFAULT) ? standard : path;
    }

    /** Symlinks are resolved, as Keylime does. */
    static TomlValue directory(TomlValue value, Translation.Context context) {
        String path = textOf(value);
        if (!path.startsWith("/")) {
            return value;
        }
        try {
            return text(Path.of(path).toRealPath().toString());
        } catch (IOException e) {
            // It is absent or hidden from us: whoever needs it will say so.
            return value;
        }
    }

    static TomlValue apiVersions(TomlValue value, Translation.Context context) {
        List<String> all = AgentKeys.KNOWN_API_VERSIONS;
        List<String> words = items(value).stream().map(Translations::textOf).toList();
        List<String> known =
                switch (words.size() == 1 ? words.getFirst() : "") {
                    case DEFAULT -> all;
                    case "latest" -> List.of(all.getLast());
                    default -> all.stream().filter(words::contains).toList();
                };
        words.stream()
                .filter(word -> !all.contains(word) && !known.equals(all) && !word.equals("latest"))
                .forEach(
                        word ->
                                context.warn(
                                        Shown.text(word) + " is not served, so it is dropped"));
        if (known.isEmpty()) {
            context.warn("no version is left, so all are served");
        }
        return list(known.isEmpty() ? all : known);
    }

    static TomlValue uuid(TomlValue value, Translation.Context context) {
        String word = textOf(value);
        if (FORMER_UUID_WORDS.contains(word)) {
            throw new IllegalArgumentException(AgentId.EXPECTED);
        }
        if (parsed(word) instanceof AgentId.Fixed fixed) {
            remark(fixed, context);
        }
        return value;
    }

    private static AgentId parsed(String word) {
        try {
            return AgentId.parse(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(AgentId.EXPECTED, e);
        }
    }

    private static void remark(AgentId.Fixed id, Translation.Context context) {
        if (id.id().equals(SAMPLE_UUID)) {
            context.inform(
                    "the id of Keylime's sample file; the registrar refuses a second host that has"
                            + " it");
        } else if (!id.isUuid()) {
            context.inform(
                    Shown.text(id.id())
                            + " is used as a fixed id; Keylime's own agent would take a random"
                            + " one");
        }
    }

    static TomlValue template(TomlValue value, Translation.Context context) {
        String word = textOf(value);
        return text(word.isEmpty() || word.equals(DEFAULT) ? "detect" : word);
    }

    static TomlValue runAs(TomlValue value, Translation.Context context) {
        if (textOf(value).isEmpty() || context.surroundings().superuser()) {
            return value;
        }
        context.inform("not used, since the agent was not started as root");
        return text("");
    }

    private static TomlValue text(String text) {
        return new TomlValue.Text(text);
    }

    private static TomlValue list(List<String> words) {
        return new TomlValue.Items(words.stream().map(Translations::text).toList());
    }

    private static List<TomlValue> items(TomlValue value) {
        return ((TomlValue.Items) value).values();
    }

    /** Elements of an array need not be text in a file; then the key's type refuses them. */
    private static String textOf(TomlValue value) {
        return Shape.TEXT
                .read(value)
                .map(text -> ((TomlValue.Text) text).value())
                .orElseThrow(() -> new IllegalArgumentException("text"));
    }
}
