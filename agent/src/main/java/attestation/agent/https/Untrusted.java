// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/** Text that came from outside, made safe to show in a log, a terminal or an answer. */
public final class Untrusted {
    private static final String HEX = "0123456789abcdef";

    private Untrusted() {}

    /**
     * The text with everything but printable ASCII escaped (line feed as {@code \n}, others as
     * {@code \\u00e9}), cut after {@code maxChars} characters of the original.
     */
    public static String show(String text, int maxChars) {
        int end = Math.min(text.length(), maxChars);
        StringBuilder shown = new StringBuilder(end + 16);
        for (int i = 0; i < end; i++) {
            append(shown, text.charAt(i));
        }
        if (end < text.length()) {
            shown.append("...");
        }
        return shown.toString();
    }

    private static void append(StringBuilder shown, char c) {
        switch (c) {
            case '\\' -> shown.append("\\\\");
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default -> {
                if (c >= ' ' && c < 0x7f) {
                    shown.append(c);
                } else {
                    appendHex(shown, c);
                }
            }
        }
    }

    private static void appendHex(StringBuilder shown, char c) {
        shown.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            shown.append(HEX.charAt((c >> shift) & 0xf));
        }
    }
}
