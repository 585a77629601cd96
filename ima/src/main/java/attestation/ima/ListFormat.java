// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a list is written.
 *
 * @param encoding text or binary
 * @param order byte order of numbers in binary entries; of text the order of the kernel's machine
 *     is not known from the first bytes, there it is little endian until an entry proves otherwise
 * @param hashBytes size of the template hashes: 20 in the usual list, the bank's in per-bank lists
 */
public record ListFormat(Encoding encoding, ByteOrder order, int hashBytes) {
    /** The kernel's two forms. */
    public enum Encoding {
        /** {@code ascii_runtime_measurements}: lines. */
        ASCII,
        /** {@code binary_runtime_measurements}: length-prefixed records. */
        BINARY
    }

    private static final int[] HASH_SIZES = {20, 32, 48, 64, 28, 16};

    /** The usual text list with SHA-1 template hashes of a little-endian machine. */
    public static ListFormat asciiSha1(ByteOrder order) {
        return new ListFormat(Encoding.ASCII, order, 20);
    }

    /**
     * Tells the format from the first bytes of a list.
     *
     * @param first bytes from the list's start; position and limit are left alone
     * @param complete whether this is the whole list
     * @return empty when more bytes are needed
     * @throws ImaLogException.Malformed when no list begins like this
     */
    public static Optional<ListFormat> detect(ByteBuffer first, boolean complete)
            throws ImaLogException {
        byte[] bytes = new byte[Math.min(first.remaining(), 1024)];
        first.duplicate().get(bytes);
        if (bytes.length < 4) {
            return Optional.empty();
        }
        return isText(bytes) ? detectAscii(bytes) : detectBinary(bytes, complete);
    }

    /** A binary entry may begin with a digit or a blank as well (PCR 32, 48..57): then zeros. */
    private static boolean isText(byte[] bytes) {
        return bytes[1] != 0 && (bytes[0] == ' ' || (bytes[0] >= '0' && bytes[0] <= '9'));
    }

    private static Optional<ListFormat> detectAscii(byte[] bytes) throws ImaLogException {
        int hash = Bytes.indexOf(bytes, 1, bytes.length, (byte) ' ') + 1;
        int end = hash == 0 ? -1 : Bytes.indexOf(bytes, hash, bytes.length, (byte) ' ');
        if (end < 0) {
            if (bytes.length > 2 * Limits.MAX_HASH + 8) {
                throw unknown("no second word", bytes);
            }
            return Optional.empty();
        }
        int digits = end - hash;
        byte[] ignored = new byte[Limits.MAX_HASH];
        if (digits < 32
                || digits > 2 * Limits.MAX_HASH
                || !Bytes.decodeHex(bytes, hash, end, ignored, 0)) {
            throw unknown("second word is not a template hash in hex", bytes);
        }
        return Optional.of(new ListFormat(Encoding.ASCII, ByteOrder.LITTLE_ENDIAN, digits / 2));
    }

    private static Optional<ListFormat> detectBinary(byte[] bytes, boolean complete)
            throws ImaLogException {
        ByteOrder[] orders = {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN};
        boolean undecided = false;
        for (boolean knownOnly : new boolean[] {true, false}) {
            for (ByteOrder order : orders) {
                int pcr = Bytes.u32(bytes, 0, order);
                for (int size : pcr >= 0 && pcr <= Limits.MAX_PCR ? HASH_SIZES : new int[0]) {
                    Guess guess = guess(bytes, order, size, knownOnly);
                    undecided |= guess == Guess.TOO_SHORT;
                    boolean wait = undecided && !knownOnly && !complete;
                    if (guess == Guess.FITS && !wait) {
                        return Optional.of(new ListFormat(Encoding.BINARY, order, size));
                    }
                }
            }
        }
        if (undecided && !complete) {
            return Optional.empty();
        }
        throw unknown("neither text nor a binary entry in either byte order", bytes);
    }

    private enum Guess {
        FITS,
        DIFFERS,
        TOO_SHORT
    }

    private static Guess guess(byte[] bytes, ByteOrder order, int hashBytes, boolean knownOnly) {
        int nameAt = 4 + hashBytes + 4;
        if (bytes.length < nameAt) {
            return Guess.TOO_SHORT;
        }
        int length = Bytes.u32(bytes, nameAt - 4, order);
        if (length < 1 || length > Limits.MAX_TEMPLATE_NAME) {
            return Guess.DIFFERS;
        }
        if (bytes.length < nameAt + length) {
            return Guess.TOO_SHORT;
        }
        String name = new String(bytes, nameAt, length, StandardCharsets.ISO_8859_1);
        boolean fits =
                knownOnly
                        ? Template.of(name).isPresent()
                        : name.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        return fits ? Guess.FITS : Guess.DIFFERS;
    }

    private static ImaLogException unknown(String why, byte[] bytes) {
        byte[] start = java.util.Arrays.copyOf(bytes, Math.min(bytes.length, 16));
        return new ImaLogException.Malformed(
                0,
                0,
                "format",
                why + ": " + Display.escape(start) + " (expected: an IMA measurement list)");
    }
}
