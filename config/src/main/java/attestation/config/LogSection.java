// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.LogKeys;
import attestation.config.value.LogLevel;

/** What is written to the journal. */
public record LogSection(LogLevel level) {
    static LogSection of(Values values) {
        return new LogSection(values.get(LogKeys.LEVEL));
    }
}
