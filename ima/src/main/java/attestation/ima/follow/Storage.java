// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the text of a list lies: up to {@link #spooled} in the spool file, the rest only in the
 * kernel.
 */
final class Storage {
    private final @Nullable SpoolFile file;
    private final OverflowReader overflow;
    private volatile SpoolIndex.Place spooled = SpoolIndex.START;

    Storage(@Nullable SpoolFile file, OverflowReader overflow) {
        this.file = file;
        this.overflow = overflow;
    }

    /** The file holds whole entries up to here. */
    SpoolIndex.Place spooled() {
        return spooled;
    }

    void spooled(SpoolIndex.Place end) {
        spooled = end;
    }

    OverflowReader overflow() {
        return overflow;
    }

    @Nullable SpoolFile file() {
        return file;
    }

    /**
     * Puts bytes of {@code [offset, end)} into {@code target}; at least one unless there is none.
     */
    int read(SpoolIndex.Snapshot index, long offset, long end, ByteBuffer target)
            throws IOException {
        if (offset >= end) {
            return -1;
        }
        int wanted = (int) Math.min(target.remaining(), end - offset);
        long inFile = spooled.offset();
        SpoolFile spool = file;
        return spool != null && offset < inFile
                ? fromFile(spool, offset, (int) Math.min(wanted, inFile - offset), target)
                : fromKernel(index, offset, wanted, target);
    }

    private static int fromFile(SpoolFile spool, long offset, int wanted, ByteBuffer target)
            throws IOException {
        int limit = target.limit();
        try {
            target.limit(target.position() + wanted);
            int read = spool.read(SpoolHeader.BYTES + offset, target);
            if (read < 0 && wanted > 0) {
                throw new IOException(
                        "spool ends at byte "
                                + offset
                                + " (it was longer; was it cut by someone else?)");
            }
            return read;
        } finally {
            target.limit(limit);
        }
    }

    SpoolIndex.Place startOfMissing(SpoolIndex.Snapshot index, int block) {
        SpoolIndex.Place start = index.start(block);
        SpoolIndex.Place inFile = spooled;
        return inFile.offset() > start.offset() && inFile.offset() < index.start(block + 1).offset()
                ? inFile
                : start;
    }

    private int fromKernel(SpoolIndex.Snapshot index, long offset, int wanted, ByteBuffer target)
            throws IOException {
        int block = index.blockOfOffset(offset);
        SpoolIndex.Place from = startOfMissing(index, block);
        if (from.offset() > offset) {
            return read(index, offset, offset + wanted, target);
        }
        byte[] text = overflow.text(from, index.start(block + 1));
        int skip = (int) (offset - from.offset());
        int count = Math.min(wanted, text.length - skip);
        target.put(text, skip, count);
        return count;
    }
}
