// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import java.util.Locale;

/**
 * Makes any text safe to print on one line: what moves the cursor, ends the line, changes the
 * direction of writing or cannot be encoded is shown as an escape.
 */
final class LogText {

    private LogText() {}

    static String escape(String text) {
        int first = firstUnsafe(text);
        return first < 0 ? text : escape(text, first);
    }

    /** Cut to so many chars at most, and says so; never between the halves of a character. */
    static String limit(String text, int chars) {
        if (text.length() <= chars) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(chars - 1)) ? chars - 1 : chars;
        return text.substring(0, end) + "… (" + (text.length() - end) + " more)";
    }

    private static int firstUnsafe(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isUnsafe(c) || Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }

    private static String escape(String text, int from) {
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, from);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))
                    && !isUnsafe(text.codePointAt(i))) {
                escaped.append(c).append(text.charAt(++i));
            } else if (isUnsafe(c) || Character.isSurrogate(c)) {
                escaped.append(escapeOf(c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }

    private static String escapeOf(char c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c);
        };
    }
}
