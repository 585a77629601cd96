// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.util.Locale;

/** Whether the kernel's list stays open between reads. */
public enum KeepOpen {
    /** As the kernel bears it. */
    AUTO,
    ALWAYS,
    NEVER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
