// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.key.Key;

import java.util.ArrayList;
import java.util.List;

/** The words in which {@link KeylimeOptions} says what became of each option. */
abstract class OptionTable {
    private final List<KeylimeOption> options = new ArrayList<>();

    /** The rows so far, in order. */
    final List<KeylimeOption> rows() {
        return List.copyOf(options);
    }

    final void plain(String name, Shape shape, String standard, Key<?> key, String description) {
        mapped(name, shape, standard, key, Translations::asIs, description);
    }

    final void stripped(String name, String standard, Key<?> key, String description) {
        mapped(name, Shape.TEXT, standard, key, Translations::stripped, description);
    }

    final void path(String name, String file, Key<?> key, String description) {
        mapped(name, Shape.TEXT, "default", key, Translations.path(file), description);
    }

    final void mapped(
            String name,
            Shape shape,
            String standard,
            Key<?> key,
            Translation translation,
            String description) {
        add(name, shape, standard, new Fate.Mapped(key, translation), description);
    }

    final void push(String name, Shape shape, String standard) {
        add(name, shape, standard, new Fate.PushOnly(), "Push model only.");
    }

    final void ignored(String name, String standard, String reason, String description) {
        add(name, Shape.TEXT, standard, new Fate.Ignored(reason), description);
    }

    final void former(String name, String replacement) {
        deprecated(name, Shape.TEXT, "", replacement);
    }

    final void deprecated(String name, Shape shape, String standard, String replacement) {
        add(name, shape, standard, new Fate.Former(replacement), "Deprecated.");
    }

    final void add(String name, Shape shape, String standard, Fate fate, String description) {
        options.add(new KeylimeOption(name, shape, standard, fate, description));
    }
}
