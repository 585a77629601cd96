// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A pattern for names as shells have it: {@code *}, {@code ?}, {@code [a-z]}, {@code [!a-z]}, and
 * {@code \} before a character that stands for itself; {@code *} stands for slashes, too.
 *
 * <p>Names are bytes that their owners chose: what is not UTF-8 is compared byte by byte, and the
 * time a match takes grows with the length of name times that of the pattern, not more.
 */
final class Glob {
    /** Bytes that are no UTF-8 come behind all characters, so that none is equal to one. */
    private static final int NO_CHARACTER = 0x110000;

    private final int[] pattern;

    Glob(String pattern) {
        this.pattern = pattern.codePoints().toArray();
    }

    /** Whether all of the name is like this. */
    boolean matches(byte[] name) {
        int[] text = characters(name);
        int at = 0;
        int next = 0;
        int star = -1;
        int resume = 0;
        while (at < text.length) {
            int end = next < pattern.length ? endOfOne(next, text[at]) : -1;
            if (next < pattern.length && pattern[next] == '*') {
                star = next++;
                resume = at;
            } else if (end >= 0) {
                next = end;
                at++;
            } else if (star >= 0) {
                next = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (next < pattern.length && pattern[next] == '*') {
            next++;
        }
        return next == pattern.length;
    }

    /**
     * Behind the part of the pattern at {@code from} that fits one character; -1 if it does not.
     */
    private int endOfOne(int from, int character) {
        return switch (pattern[from]) {
            case '*' -> -1;
            case '?' -> from + 1;
            case '[' -> endOfSet(from, character);
            case '\\' ->
                    from + 1 < pattern.length && pattern[from + 1] == character ? from + 2 : -1;
            default -> pattern[from] == character ? from + 1 : -1;
        };
    }

    /** A bracket that is never closed stands for itself, as in {@code /usr/bin/[}. */
    private int endOfSet(int from, int character) {
        boolean not = from + 1 < pattern.length && "!^".indexOf(pattern[from + 1]) >= 0;
        int first = from + (not ? 2 : 1);
        int close = first + 1;
        while (close < pattern.length && pattern[close] != ']') {
            close++;
        }
        if (close >= pattern.length) {
            return character == '[' ? from + 1 : -1;
        }
        return isAmong(first, close, character) != not ? close + 1 : -1;
    }

    private boolean isAmong(int from, int to, int character) {
        for (int i = from; i < to; i++) {
            boolean range = i + 2 < to && pattern[i + 1] == '-';
            int last = range ? pattern[i + 2] : pattern[i];
            if (character >= pattern[i] && character <= last) {
                return true;
            }
            i += range ? 2 : 0;
        }
        return false;
    }

    private static int[] characters(byte[] name) {
        int[] characters = new int[name.length];
        int count = 0;
        for (int at = 0; at < name.length; ) {
            int length = lengthOfCharacter(name, at);
            characters[count++] =
                    length == 0
                            ? NO_CHARACTER + (name[at] & 0xff)
                            : new String(name, at, length, StandardCharsets.UTF_8).codePointAt(0);
            at += Math.max(1, length);
        }
        return Arrays.copyOf(characters, count);
    }

    /** Bytes of the character that begins here; 0 when none does. */
    private static int lengthOfCharacter(byte[] name, int at) {
        int first = name[at] & 0xff;
        int length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (first < 0x80 || at + length > name.length) {
            return first < 0x80 ? 1 : 0;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(name, at, length);
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).codePoints().count() == 1
                    ? length
                    : 0;
        } catch (CharacterCodingException e) {
            return 0;
        }
    }
}
