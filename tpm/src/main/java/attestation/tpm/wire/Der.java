// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;

/** The little DER that keys and certificates need here, without the JDK's security providers. */
final class Der {
    static final byte[] RSA_ENCRYPTION = HexFormat.of().parseHex("06092a864886f70d0101010500");
    static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return tagged(0x30, join(parts));
    }

    static byte[] bitString(byte[] content) {
        return tagged(0x03, join(new byte[] {0}, content));
    }

    /** A non-negative INTEGER of big-endian bytes, shortest form. */
    static byte[] integer(byte[] magnitude) {
        int start = 0;
        while (start < magnitude.length - 1 && magnitude[start] == 0) {
            start++;
        }
        byte[] shortest = Arrays.copyOfRange(magnitude, start, magnitude.length);
        return tagged(0x02, shortest[0] < 0 ? join(new byte[] {0}, shortest) : shortest);
    }

    static byte[] tagged(int tag, byte[] content) {
        int length = content.length;
        byte[] head =
                length < 0x80
                        ? new byte[] {(byte) tag, (byte) length}
                        : length < 0x100
                                ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                                : new byte[] {
                                    (byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length
                                };
        return join(head, content);
    }

    /** Length in bytes of the SEQUENCE that begins at {@code start}; empty when none does. */
    static OptionalInt sequenceLength(byte[] bytes, int start) {
        int left = bytes.length - start;
        if (left < 2 || bytes[start] != 0x30) {
            return OptionalInt.empty();
        }
        int first = bytes[start + 1] & 0xff;
        int lengthBytes = first < 0x80 ? 0 : first & 0x7f;
        if (first == 0x80 || lengthBytes > 3 || left < 2 + lengthBytes) {
            return OptionalInt.empty();
        }
        int length = lengthBytes == 0 ? first : 0;
        for (int i = 0; i < lengthBytes; i++) {
            length = length << 8 | (bytes[start + 2 + i] & 0xff);
        }
        int whole = 2 + lengthBytes + length;
        return whole <= left ? OptionalInt.of(whole) : OptionalInt.empty();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
