// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tells from the list of one bank that the kernel lacks this bank's hash: the template hashes in it
 * are SHA-1 and zeros, and so is what the kernel extends.
 */
final class PaddedList {
    private static final int SHA1_BYTES = 20;
    private static final int PIECE = 64 * 1024;

    /** Violations may come first, their hash tells nothing; but not so many. */
    private static final int FAR_ENOUGH = 4 << 20;

    private final int hashBytes;
    private final boolean padded;

    private PaddedList(int hashBytes, boolean padded) {
        this.hashBytes = hashBytes;
        this.padded = padded;
    }

    /** Looks at the first entries of this list. */
    static PaddedList of(Path list, HashAlgorithms algorithms) throws IOException {
        try (FileChannel channel = FileChannel.open(list, StandardOpenOption.READ)) {
            int size = BinaryFeeder.detect(channel).hashBytes();
            return new PaddedList(size, size > SHA1_BYTES && isPadded(channel, algorithms));
        }
    }

    /**
     * The mode to begin with. A bank of the same size may be meant, the list does not say which;
     * but no kernel that has lists of banks lacks sha256.
     */
    ReplayMode mode(String bank, HashAlgorithms algorithms) {
        boolean same = algorithms.digest(bank).getDigestLength() == hashBytes;
        return padded && same && !bank.equals("sha256") ? ReplayMode.PADDED_SHA1 : ReplayMode.HASH;
    }

    private static boolean isPadded(FileChannel channel, HashAlgorithms algorithms)
            throws IOException {
        ListParser parser = new ListParser(algorithms);
        FirstHash first = new FirstHash();
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        while (!first.seen && parser.offset() < FAR_ENOUGH && channel.read(piece.clear()) > 0) {
            parser.feed(piece.flip(), first);
        }
        return first.padded;
    }

    private static final class FirstHash implements ListParser.Sink {
        private boolean seen;
        private boolean padded;

        @Override
        public void entry(Entry entry, ByteBuffer bytes) {
            if (!seen && !entry.violation()) {
                byte[] hash = entry.rawHash();
                seen = true;
                padded = Bytes.isZero(hash, SHA1_BYTES, hash.length);
            }
        }
    }
}
