// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.nio.ByteOrder;

/** Small searches and numbers in byte arrays. */
final class Bytes {
    private Bytes() {}

    /** Position of {@code wanted} in {@code [from, to)}, or -1. */
    static int indexOf(byte[] bytes, int from, int to, byte wanted) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    static int count(byte[] bytes, int from, int to, byte wanted) {
        int count = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                count++;
            }
        }
        return count;
    }

    static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The u32 at {@code at} as a signed int: lengths beyond 2 GiB come out negative. */
    static int u32(byte[] bytes, int at, ByteOrder order) {
        int a = bytes[at] & 0xff;
        int b = bytes[at + 1] & 0xff;
        int c = bytes[at + 2] & 0xff;
        int d = bytes[at + 3] & 0xff;
        return order == ByteOrder.LITTLE_ENDIAN
                ? (d << 24) | (c << 16) | (b << 8) | a
                : (a << 24) | (b << 16) | (c << 8) | d;
    }

    static void putU32(byte[] bytes, int at, int value, ByteOrder order) {
        for (int i = 0; i < 4; i++) {
            int shift = order == ByteOrder.LITTLE_ENDIAN ? 8 * i : 24 - 8 * i;
            bytes[at + i] = (byte) (value >>> shift);
        }
    }

    /** Value of a lower or upper case hex digit, or -1. */
    static int hexDigit(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        if (digit >= 'a' && digit <= 'f') {
            return digit - 'a' + 10;
        }
        return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
    }

    /** Decodes {@code [from, to)} into {@code target}; false when it is not hex of whole bytes. */
    static boolean decodeHex(byte[] text, int from, int to, byte[] target, int at) {
        if ((to - from) % 2 != 0) {
            return false;
        }
        for (int i = from; i < to; i += 2) {
            int high = hexDigit(text[i]);
            int low = hexDigit(text[i + 1]);
            if (high < 0 || low < 0) {
                return false;
            }
            target[at++] = (byte) ((high << 4) | low);
        }
        return true;
    }
}
