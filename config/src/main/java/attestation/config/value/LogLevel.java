// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.util.Locale;

/** The least important lines that are logged. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
