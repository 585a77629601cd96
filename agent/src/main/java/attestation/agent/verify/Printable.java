// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Locale;

/** Text from strangers, made harmless for a terminal. */
final class Printable {
    private static final int MAX_SHOWN = 120;

    private Printable() {}

    /** At most 120 characters; everything but printable ASCII as an escape. */
    static String text(String untrusted) {
        StringBuilder out = new StringBuilder();
        untrusted.codePoints().limit(MAX_SHOWN).forEach(c -> append(out, c));
        return untrusted.length() > MAX_SHOWN ? out.append('…').toString() : out.toString();
    }

    private static void append(StringBuilder out, int c) {
        if (c >= 0x20 && c < 0x7f && c != '\\') {
            out.appendCodePoint(c);
        } else {
            out.append(String.format(Locale.ROOT, c > 0xffff ? "\\u{%x}" : "\\u%04x", c));
        }
    }
}
