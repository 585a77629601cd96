// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.toml.TomlValue;

import java.nio.file.Path;

/**
 * What a key holds: how it is read, checked and written. Immutable.
 *
 * @param <T> the type of the value in the configuration's records
 */
public interface ValueType<T> {
    /** Reads a value of a file. */
    T fromToml(TomlValue value) throws BadValueException;

    /** Reads a value of the environment or the command line. */
    T fromText(String text) throws BadValueException;

    /** What is legal, in words. */
    String expected();

    /** The value as {@link #fromText} takes it. */
    String text(T value);

    /** The value as it is written in a TOML file. */
    String literal(T value);

    /** Throws if the value is not legal. */
    default void check(T value) throws BadValueException {
        fromText(text(value));
    }

    /** The value with its relative paths put under {@code base}. */
    default T resolve(T value, Path base) {
        return value;
    }

    /** Whether the value must never be shown. */
    default boolean secret() {
        return false;
    }
}
