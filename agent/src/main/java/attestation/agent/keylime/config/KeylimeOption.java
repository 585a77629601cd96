// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.key.Key;
import attestation.config.toml.TomlValue;

import java.util.Locale;
import java.util.Optional;

/**
 * One option of Keylime's {@code agent.conf}.
 *
 * @param standard Keylime's default, as text
 * @param description for the manual page
 */
public record KeylimeOption(
        String name, Shape shape, String standard, Fate fate, String description) {
    /** The environment variable that sets it. */
    public String environmentName() {
        return "KEYLIME_AGENT_" + name.toUpperCase(Locale.ROOT);
    }

    /** Our key that it sets, if it sets one. */
    public Optional<Key<?>> key() {
        return fate instanceof Fate.Mapped(Key<?> key, Translation _)
                ? Optional.of(key)
                : Optional.empty();
    }

    /** Whether its value must never be shown. */
    public boolean secret() {
        return key().filter(Key::secret).isPresent();
    }

    /** Keylime's default in the option's shape. */
    TomlValue standardValue() {
        return shape.read(new TomlValue.Text(standard)).orElseThrow();
    }
}
