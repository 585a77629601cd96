// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.ListFormat;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The list as it was at one moment; immutable, for any number of threads.
 *
 * <p>Its text is that of the kernel's {@code ascii_runtime_measurements}: SHA-1 template hashes,
 * whatever list was read. It stays readable while the list grows, and until the follower is closed
 * or the list is replaced by another.
 */
public final class LogView {
    private static final int SCAN_BYTES = 16 * 1024;

    private final SpoolIndex.Snapshot index;
    private final Storage storage;
    private final ListFormat format;
    private final HashAlgorithms algorithms;
    private final long incarnation;

    LogView(
            SpoolIndex.Snapshot index,
            Storage storage,
            ListFormat format,
            HashAlgorithms algorithms,
            long incarnation) {
        this.index = index;
        this.storage = storage;
        this.format = format;
        this.algorithms = algorithms;
        this.incarnation = incarnation;
    }

    /** Number of entries. */
    public long entries() {
        return index.end().entry();
    }

    /** Number of lines, as a verifier counts them: by newlines. */
    public long lines() {
        return index.end().line();
    }

    /** Length of the text. */
    public long bytes() {
        return index.end().offset();
    }

    /** Differs from another view's when the list was replaced in between: entries do not go on. */
    public long incarnation() {
        return incarnation;
    }

    /**
     * Lines {@code [fromLine, toLine)}.
     *
     * @throws IndexOutOfBoundsException when they are not all in this view
     */
    public Slice slice(long fromLine, long toLine) throws IOException {
        if (fromLine < 0 || toLine < fromLine || toLine > lines()) {
            throw new IndexOutOfBoundsException(
                    "lines " + fromLine + ".." + toLine + " (expected: within 0.." + lines() + ")");
        }
        long from = offsetOfLine(fromLine);
        long to = fromLine == toLine ? from : offsetOfLine(toLine);
        return new Slice(this, fromLine, toLine - fromLine, from, to);
    }

    /** Number of the first line of this entry; {@link #lines} for the entry behind the last. */
    public long lineOfEntry(long entry) throws IOException {
        if (entry < 0 || entry > entries()) {
            throw new IndexOutOfBoundsException(
                    "entry " + entry + " (expected: within 0.." + entries() + ")");
        }
        int block = index.blockOfEntry(entry);
        SpoolIndex.Place from = index.start(block);
        SpoolIndex.Place to = index.start(block + 1);
        boolean oneLineEach = to.entry() - from.entry() == to.line() - from.line();
        return oneLineEach
                ? from.line() + entry - from.entry()
                : placeOfEntry(entry, read -> 0).line();
    }

    /** The entries from this one on. */
    public EntryCursor entriesFrom(long entry) throws IOException {
        SpoolIndex.Place start = index.start(index.blockOfEntry(entry));
        EntryCursor cursor = new EntryCursor(this, start, algorithms);
        for (long skipped = start.entry(); skipped < Math.min(entry, entries()); skipped++) {
            cursor.next();
        }
        return cursor;
    }

    /**
     * The place before this entry; {@code sourceLength} tells an entry's size in the kernel's list.
     */
    SpoolIndex.Place placeOfEntry(long entry, java.util.function.ToIntFunction<Entry> sourceLength)
            throws IOException {
        if (entry == entries()) {
            return index.end();
        }
        SpoolIndex.Place place = index.start(index.blockOfEntry(entry));
        EntryCursor cursor = new EntryCursor(this, place, algorithms);
        while (place.entry() < entry) {
            Entry next = cursor.next();
            if (next == null) {
                throw new IOException(
                        "spool ends at entry " + place.entry() + " (expected: " + entries() + ")");
            }
            place =
                    new SpoolIndex.Place(
                            place.offset() + next.length(),
                            place.entry() + 1,
                            place.line() + next.physicalLines(),
                            place.source() + sourceLength.applyAsInt(next));
        }
        return place;
    }

    ListFormat textFormat() {
        return format;
    }

    int readText(long offset, long end, ByteBuffer target) throws IOException {
        return storage.read(index, offset, end, target);
    }

    boolean anyEscapes(long from, long to) {
        return from < to
                && index.anyEscapes(index.blockOfOffset(from), index.blockOfOffset(to - 1));
    }

    private long offsetOfLine(long line) throws IOException {
        if (line == lines()) {
            return bytes();
        }
        SpoolIndex.Place start = index.start(index.blockOfLine(line));
        long offset = start.offset();
        long missing = line - start.line();
        ByteBuffer bytes = ByteBuffer.allocate(missing == 0 ? 0 : SCAN_BYTES);
        while (missing > 0) {
            bytes.clear();
            if (readText(offset, bytes(), bytes) < 0) {
                throw new IOException(
                        "spool: line " + line + " is missing; it was damaged on disk");
            }
            bytes.flip();
            while (missing > 0 && bytes.hasRemaining()) {
                missing -= bytes.get() == '\n' ? 1 : 0;
            }
            offset += bytes.position();
        }
        return offset;
    }
}
