// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Untrusted bytes as text that a terminal, a log or a person can be shown. */
public final class Display {
    private Display() {}

    /**
     * Printable text unchanged, everything else as {@code \n}, {@code \t}, {@code \\} or {@code
     * \xNN}.
     *
     * <p>Valid UTF-8 letters, digits, marks and signs stay; controls, bidirectional and other
     * invisible characters do not. Different bytes give different text.
     */
    public static String escape(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length + 16);
        int at = 0;
        while (at < bytes.length) {
            int length = sequenceLength(bytes, at);
            int codePoint = length == 0 ? -1 : decode(bytes, at, length);
            if (codePoint >= 0 && isPlain(codePoint)) {
                text.appendCodePoint(codePoint);
                at += length;
            } else {
                escapeByte(text, bytes[at++]);
            }
        }
        return text.toString();
    }

    /** The same for text that was already decoded. */
    public static String escape(String text) {
        return escape(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void escapeByte(StringBuilder text, byte value) {
        switch (value) {
            case '\n' -> text.append("\\n");
            case '\t' -> text.append("\\t");
            case '\r' -> text.append("\\r");
            case '\\' -> text.append("\\\\");
            default -> text.append(String.format("\\x%02x", value & 0xff));
        }
    }

    private static boolean isPlain(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint >= 0x20 && codePoint < 0x7f && codePoint != '\\';
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    private static int sequenceLength(byte[] bytes, int at) {
        int first = bytes[at] & 0xff;
        int length =
                first < 0x80
                        ? 1
                        : first < 0xc2
                                ? 0
                                : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        return at + length <= bytes.length ? length : 0;
    }

    private static int decode(byte[] bytes, int at, int length) {
        if (length == 1) {
            return bytes[at];
        }
        try {
            CharBuffer chars =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length));
            return Character.codePointAt(chars, 0);
        } catch (CharacterCodingException e) {
            return -1;
        }
    }
}
