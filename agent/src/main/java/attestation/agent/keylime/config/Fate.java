// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.key.Key;

/** What becomes of an option. */
sealed interface Fate {
    /** It sets one of our keys. */
    record Mapped(Key<?> key, Translation translation) implements Fate {}

    /** It belongs to the push model, which this agent does not have. */
    record PushOnly() implements Fate {}

    /** It is not needed. */
    record Ignored(String reason) implements Fate {}

    /** It had a meaning once. */
    record Former(String replacement) implements Fate {}
}
