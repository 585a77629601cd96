// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

/** Makes a text from outside fit to be shown: bounded, on one line, without control characters. */
public final class Shown {
    private static final int MAX_CHARS = 200;

    private Shown() {}

    /** The text with control, format and unpaired characters as {@code \\uXXXX}, cut with "...". */
    public static String text(String untrusted) {
        var out = new StringBuilder(Math.min(untrusted.length(), MAX_CHARS) + 8);
        for (int i = 0; i < untrusted.length(); i++) {
            if (i == MAX_CHARS) {
                return out.append("...").toString();
            }
            append(out, untrusted.charAt(i));
        }
        return out.toString();
    }

    private static void append(StringBuilder out, char c) {
        switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE ->
                    out.append("\\u%04x".formatted((int) c));
            default -> out.append(c);
        }
    }
}
