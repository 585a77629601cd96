// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.util.Locale;

/** Text from strangers, harmless for a terminal. Loaded on the daemon's path: the JDK only. */
final class Terminal {
    private Terminal() {}

    /** Everything but printable ASCII as an escape. */
    static String escape(String untrusted) {
        StringBuilder out = new StringBuilder();
        untrusted
                .codePoints()
                .forEach(
                        c -> {
                            if (c >= 0x20 && c < 0x7f) {
                                out.appendCodePoint(c);
                            } else {
                                out.append(String.format(Locale.ROOT, "\\u%04x", c));
                            }
                        });
        return out.toString();
    }
}
