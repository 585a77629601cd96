// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import attestation.tpm.TpmException.BadResponse;

import java.util.Arrays;

/**
 * Reads big-endian TPM structures from bytes that nobody vouches for.
 *
 * <p>No length is believed before it was held against what remains, so nothing is allocated that
 * the input does not contain. Confined to one thread.
 */
public final class TpmReader {
    private final String what;
    private final byte[] bytes;
    private final int end;
    private int position;

    /**
     * @param what named in errors, for example {@code TPMS_ATTEST}
     */
    public TpmReader(String what, byte[] bytes) {
        this(what, bytes, 0, bytes.length);
    }

    private TpmReader(String what, byte[] bytes, int start, int end) {
        this.what = what;
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    public int remaining() {
        return end - position;
    }

    /** Bytes read so far, counted from the start of the whole input. */
    public int position() {
        return position;
    }

    public int u8() throws BadResponse {
        return bytes[take(1)] & 0xff;
    }

    public int u16() throws BadResponse {
        int at = take(2);
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    /** All 32 bits; negative when the highest is set. */
    public int i32() throws BadResponse {
        int at = take(4);
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }

    public long u32() throws BadResponse {
        return Integer.toUnsignedLong(i32());
    }

    /** All 64 bits. */
    public long i64() throws BadResponse {
        return u32() << 32 | u32();
    }

    public byte[] bytes(int length) throws BadResponse {
        int at = take(length);
        return Arrays.copyOfRange(bytes, at, at + length);
    }

    /** A TPM2B: UINT16 size and so many bytes. */
    public byte[] sized() throws BadResponse {
        return bytes(u16());
    }

    /** A TPM2B of at most {@code max} bytes. */
    public byte[] sized(int max) throws BadResponse {
        int size = u16();
        if (size > max) {
            throw bad("size " + size + " (expected: at most " + max + ")");
        }
        return bytes(size);
    }

    /** A part of the given length as a reader of its own. */
    public TpmReader part(String name, int length) throws BadResponse {
        int at = take(length);
        return new TpmReader(name, bytes, at, at + length);
    }

    /** A list's UINT32 count, refused when so many elements cannot remain. */
    public int count(int max, int elementBytes) throws BadResponse {
        long count = u32();
        if (count > max || count * elementBytes > remaining()) {
            throw bad("list of " + count + " elements (expected: at most " + max + ")");
        }
        return (int) count;
    }

    /** Nothing may be left. */
    public void end() throws BadResponse {
        if (remaining() != 0) {
            throw bad(remaining() + " bytes too many");
        }
    }

    /** An error that names the structure and the place. */
    public BadResponse bad(String why) {
        return new BadResponse(what + " at byte " + position + ": " + why);
    }

    private int take(int length) throws BadResponse {
        if (length < 0 || length > remaining()) {
            throw bad("cut short: " + remaining() + " bytes left (expected: " + length + ")");
        }
        int at = position;
        position += length;
        return at;
    }
}
