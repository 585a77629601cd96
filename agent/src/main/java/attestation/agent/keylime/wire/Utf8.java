// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

/** Well-formed UTF-8 (Unicode 15, table 3-7), for one sequence at a time. */
final class Utf8 {
    private Utf8() {}

    /**
     * Measures the sequence at {@code at}, whose first byte is not ASCII.
     *
     * @return its length if well-formed; else minus the length of the longest prefix that could
     *     begin one, at least 1; 0 when more bytes than are there decide
     */
    static int sequence(byte[] bytes, int at, int end) {
        int first = bytes[at] & 0xFF;
        int length = lengthFrom(first);
        if (length == 0) {
            return -1;
        }
        for (int i = 1; i < length; i++) {
            if (at + i == end) {
                return 0;
            }
            if (!continues(first, i, bytes[at + i] & 0xFF)) {
                return -i;
            }
        }
        return length;
    }

    private static int lengthFrom(int first) {
        if (first >= 0xC2 && first <= 0xDF) {
            return 2;
        }
        if (first >= 0xE0 && first <= 0xEF) {
            return 3;
        }
        return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
    }

    /** The second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF. */
    private static boolean continues(int first, int index, int value) {
        int low = 0x80;
        int high = 0xBF;
        if (index == 1) {
            switch (first) {
                case 0xE0 -> low = 0xA0;
                case 0xED -> high = 0x9F;
                case 0xF0 -> low = 0x90;
                case 0xF4 -> high = 0x8F;
                default -> {}
            }
        }
        return value >= low && value <= high;
    }
}
