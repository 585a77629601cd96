// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.ListFormat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * First bytes of a spool file: one line of text, padded with blanks, so that people can read it.
 *
 * @param boot which boot it belongs to
 * @param source format of the list it was made from
 */
record SpoolHeader(BootIdentity boot, ListFormat source) {
    static final int BYTES = 512;
    private static final String MAGIC = "attestation-agent-ima-spool-1";

    ByteBuffer encode() {
        String line =
                String.join(
                        " ",
                        MAGIC,
                        "boot=" + boot.bootId(),
                        "reset="
                                + (boot.resetCount().isPresent()
                                        ? boot.resetCount().getAsLong()
                                        : "-"),
                        "list=" + source.encoding(),
                        "order=" + (source.order() == ByteOrder.BIG_ENDIAN ? "BE" : "LE"),
                        "hash=" + source.hashBytes());
        byte[] text = line.getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) ' ');
        System.arraycopy(text, 0, bytes, 0, Math.min(text.length, BYTES - 1));
        bytes[BYTES - 1] = '\n';
        return ByteBuffer.wrap(bytes);
    }

    /** Empty when the file does not begin with a header that {@link #encode} wrote. */
    static Optional<SpoolHeader> read(SpoolFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        while (bytes.hasRemaining() && file.read(bytes.position(), bytes) > 0) {
            // until it is full or the file ends
        }
        return bytes.hasRemaining() ? Optional.empty() : decode(bytes.array());
    }

    private static Optional<SpoolHeader> decode(byte[] bytes) {
        String[] words = new String(bytes, StandardCharsets.ISO_8859_1).strip().split(" ", -1);
        if (words.length != 6 || !words[0].equals(MAGIC)) {
            return Optional.empty();
        }
        try {
            BootIdentity boot =
                    new BootIdentity(value(words[1], "boot="), number(value(words[2], "reset=")));
            ByteOrder order =
                    value(words[4], "order=").equals("BE")
                            ? ByteOrder.BIG_ENDIAN
                            : ByteOrder.LITTLE_ENDIAN;
            ListFormat.Encoding encoding = ListFormat.Encoding.valueOf(value(words[3], "list="));
            int hashBytes = Integer.parseInt(value(words[5], "hash="));
            SpoolHeader header = new SpoolHeader(boot, new ListFormat(encoding, order, hashBytes));
            return Arrays.equals(header.encode().array(), bytes)
                    ? Optional.of(header)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong number(String text) {
        return text.equals("-") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    private static String value(String word, String key) {
        if (!word.startsWith(key)) {
            throw new IllegalArgumentException(key);
        }
        return word.substring(key.length());
    }
}
