// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.Notice;
import attestation.config.Surroundings;
import attestation.config.toml.TomlValue;

import java.util.function.BiConsumer;

/** Turns an option's value into the value of our key. */
@FunctionalInterface
interface Translation {
    /**
     * @param value in the option's shape
     * @throws IllegalArgumentException when the value is refused; the message says what was
     *     expected
     */
    TomlValue apply(TomlValue value, Context context);

    /**
     * What a translation may see and tell.
     *
     * @param option its name, for notices
     * @param notices taken as they come
     */
    record Context(
            String option, Surroundings surroundings, BiConsumer<Notice.Level, String> notices) {
        void inform(String text) {
            notices.accept(Notice.Level.INFO, option + ": " + text);
        }

        void warn(String text) {
            notices.accept(Notice.Level.WARNING, option + ": " + text);
        }
    }
}
