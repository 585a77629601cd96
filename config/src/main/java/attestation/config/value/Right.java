// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.util.Locale;

/** What a client may do. */
public enum Right {
    /** Versions, agent information, quotes and logs. */
    QUOTES,
    /** Keys, payloads and revocation messages. */
    KEYS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
