// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.value.LogLevel;

import java.util.List;

/** Section {@code [log]}. */
public final class LogKeys {
    public static final Key<LogLevel> LEVEL =
            new Key<>(
                    "log",
                    "level",
                    Types.word(LogLevel.class),
                    LogLevel.INFO,
                    "",
                    "Least important lines that are logged: error, warn, info or debug.");

    static final List<Key<?>> ALL = List.of(LEVEL);

    private LogKeys() {}
}
