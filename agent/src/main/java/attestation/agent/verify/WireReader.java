// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Arrays;

/**
 * Reads a TPM structure front to back (big endian); every size is checked before it is believed.
 */
final class WireReader {
    private final String what;
    private final byte[] bytes;
    private int position;

    /**
     * @param what name of the structure, for messages
     */
    WireReader(String what, byte[] bytes) {
        this.what = what;
        this.bytes = bytes;
    }

    int u8(String field) throws RefutedException {
        need(field, 1);
        return bytes[position++] & 0xff;
    }

    int u16(String field) throws RefutedException {
        return u8(field) << 8 | u8(field);
    }

    long u32(String field) throws RefutedException {
        return (long) u16(field) << 16 | u16(field);
    }

    /** An unsigned 64-bit value in a long's bits. */
    long u64(String field) throws RefutedException {
        return u32(field) << 32 | u32(field);
    }

    byte[] bytes(String field, int length) throws RefutedException {
        need(field, length);
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    /** A TPM2B: UINT16 size, then so many bytes. */
    byte[] sized(String field, int max) throws RefutedException {
        int length = u16(field);
        if (length > max) {
            throw new RefutedException(what + ", " + field + ": size", length, "at most " + max);
        }
        return bytes(field, length);
    }

    int remaining() {
        return bytes.length - position;
    }

    void end() throws RefutedException {
        if (remaining() != 0) {
            throw new RefutedException(
                    what + ": length in bytes", bytes.length, position + " and nothing after");
        }
    }

    private void need(String field, int length) throws RefutedException {
        if (remaining() < length) {
            throw new RefutedException(
                    what + " ends in " + field + ": length in bytes",
                    bytes.length,
                    "at least " + (position + length));
        }
    }
}
