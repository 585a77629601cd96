// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.Key;
import attestation.config.key.Keys;
import attestation.config.toml.Shown;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Words about a name that we do not know, with the one that was probably meant. */
final class UnknownName {
    private UnknownName() {}

    static String key(String name) {
        return "unknown key " + Shown.name(name) + keyHint(name);
    }

    static String variable(String name) {
        List<String> known = Keys.all().stream().map(Key::environmentName).toList();
        return "unknown variable " + Shown.name(name) + hint(name, known, "variable");
    }

    /** The key of the same name in another section is closer than any misspelling. */
    static String keyHint(String name) {
        String option = name.substring(name.lastIndexOf('.') + 1);
        Optional<String> elsewhere =
                Keys.all().stream()
                        .filter(key -> key.option().equals(option))
                        .map(Key::name)
                        .findFirst();
        return elsewhere
                .map(UnknownName::sentence)
                .orElseGet(() -> hint(name, Keys.all().stream().map(Key::name).toList(), "key"));
    }

    private static String sentence(String key) {
        return "; nearest known key: " + key;
    }

    static String hint(String given, Collection<String> known, String what) {
        return Nearest.to(given, known)
                .map(name -> "; nearest known " + what + ": " + name)
                .orElse("");
    }
}
