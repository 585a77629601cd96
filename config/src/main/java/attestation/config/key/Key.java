// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import java.util.Locale;

/**
 * One setting.
 *
 * @param section TOML table it stands in
 * @param option its name there
 * @param type what it holds and what is legal
 * @param standard the default
 * @param unit of a number, empty for none
 * @param description one or two sentences for the sample file and the manual page
 */
public record Key<T>(
        String section,
        String option,
        ValueType<T> type,
        T standard,
        String unit,
        String description) {
    /** {@code section.option}. */
    public String name() {
        return section + "." + option;
    }

    /** The environment variable that sets it. */
    public String environmentName() {
        return "ATTESTATION_AGENT_"
                + section.toUpperCase(Locale.ROOT)
                + "_"
                + option.toUpperCase(Locale.ROOT);
    }

    /** Whether its value must never be shown. */
    public boolean secret() {
        return type.secret();
    }

    /** The value as a TOML literal, masked if it is a secret. */
    public String shown(T value) {
        return secret() && !type.text(value).isEmpty() ? "***" : type.literal(value);
    }

    /**
     * The value itself if it is legal; for constructors of records.
     *
     * @throws IllegalArgumentException naming the key, the value and what is legal
     */
    public T require(T value) {
        try {
            type.check(value);
            return value;
        } catch (BadValueException e) {
            throw new IllegalArgumentException(name() + ": " + e.text());
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
