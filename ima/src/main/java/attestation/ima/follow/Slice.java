// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Lines of the list, each with its newline; immutable, read by position from any thread. */
public final class Slice {
    private final LogView view;
    private final long firstLine;
    private final long lines;
    private final long from;
    private final long to;

    Slice(LogView view, long firstLine, long lines, long from, long to) {
        this.view = view;
        this.firstLine = firstLine;
        this.lines = lines;
        this.from = from;
        this.to = to;
    }

    /** Index of the first line in the list; 0 is boot_aggregate's. */
    public long firstLine() {
        return firstLine;
    }

    /** Number of lines. */
    public long lines() {
        return lines;
    }

    /** Length in bytes. */
    public long bytes() {
        return to - from;
    }

    /**
     * Puts bytes from {@code offset} on into {@code target}; blocks on a file.
     *
     * @return how many, -1 at or beyond the end
     * @throws IOException when the spool, or the kernel's list behind it, cannot be read
     */
    public int read(long offset, ByteBuffer target) throws IOException {
        if (offset < 0) {
            throw new IndexOutOfBoundsException(
                    "offset " + offset + " (expected: 0.." + bytes() + ")");
        }
        return view.readText(from + offset, to, target);
    }

    /**
     * Whether a byte beside the newlines may need escaping in JSON: quote, backslash, control, or
     * beyond ASCII.
     *
     * <p>False is certain; true is kept for blocks of 32 KiB and may be a neighbour's.
     */
    public boolean needsEscaping() {
        return view.anyEscapes(from, to);
    }
}
