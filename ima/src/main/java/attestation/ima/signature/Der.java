// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.util.Arrays;

/** Walks DER that the JDK itself encoded, no stranger's; anything unexpected is a defect. */
final class Der {
    static final int SEQUENCE = 0x30;
    static final int BIT_STRING = 0x03;

    private final byte[] bytes;
    private int at;

    Der(byte[] bytes) {
        this.bytes = bytes;
    }

    Der enter(int tag) {
        return new Der(content(tag));
    }

    void skip(int tag) {
        content(tag);
    }

    byte[] content(int tag) {
        if (at >= bytes.length || (bytes[at++] & 0xff) != tag) {
            throw new IllegalArgumentException("DER tag (expected: " + tag + ")");
        }
        int length = length();
        int from = at;
        at = Math.addExact(from, length);
        if (length < 0 || at > bytes.length) {
            throw new IllegalArgumentException("DER length: " + length);
        }
        return Arrays.copyOfRange(bytes, from, at);
    }

    private int length() {
        int first = bytes[at++] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < first - 0x80; i++) {
            length = (length << 8) | (bytes[at++] & 0xff);
        }
        return length;
    }
}
