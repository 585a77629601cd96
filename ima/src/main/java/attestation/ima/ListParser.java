// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a measurement list, fed in pieces of any size, into entries.
 *
 * <p>Text or binary, byte order and hash size are told from the first bytes. Half an entry at the
 * end waits for the rest. Every entry is proven by its template hash; what is not an entry is an
 * {@link ImaLogException}, never skipped, and ends this parser.
 *
 * <p>Confined to one thread at a time. Holds at most one entry ({@link Limits}) and 64 KiB.
 */
public final class ListParser {
    /** Takes entries as they become whole. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Called once for each entry, in order, on the feeding thread.
         *
         * @param bytes the entry as it stands in the list; valid during the call only
         */
        void entry(Entry entry, ByteBuffer bytes) throws IOException;
    }

    private static final int PIECE = 64 * 1024;

    private final HashAlgorithms algorithms;
    private final boolean trusted;
    private @Nullable ListFormat format;
    private @Nullable EntryReader reader;
    private @Nullable ImaLogException failure;
    private byte[] buffer = new byte[8 * 1024];
    private int from;
    private int to;
    private long entries;
    private long offset;

    /** At the start of a list of unknown format. */
    public ListParser(HashAlgorithms algorithms) {
        this.algorithms = algorithms;
        this.trusted = false;
    }

    private ListParser(
            HashAlgorithms algorithms,
            ListFormat format,
            boolean trusted,
            long entries,
            long offset) {
        this.algorithms = algorithms;
        this.trusted = trusted;
        this.entries = entries;
        this.offset = offset;
        use(format);
    }

    /** In the middle of a list: the next byte begins entry number {@code entries}. */
    public static ListParser resumedAt(
            HashAlgorithms algorithms, ListFormat format, long entries, long offset) {
        return new ListParser(algorithms, format, false, entries, offset);
    }

    /**
     * For bytes that a parser has accepted before, such as the spool's: text is not hashed again.
     *
     * <p>Call {@link #boundary} at the end of each piece that ends with a whole entry.
     */
    public static ListParser trusting(
            HashAlgorithms algorithms, ListFormat format, long entries, long offset) {
        return new ListParser(algorithms, format, true, entries, offset);
    }

    /** Takes all of {@code bytes} and reports the entries that became whole. */
    public void feed(ByteBuffer bytes, Sink sink) throws IOException {
        while (bytes.hasRemaining()) {
            append(bytes);
            drain(EntryReader.End.OPEN, sink);
        }
    }

    /**
     * Says that the source has no more bytes now and ends with a whole entry, as the kernel's lists
     * do: a violation whose name stands last need not wait for the next line.
     */
    public void boundary(Sink sink) throws IOException {
        drain(EntryReader.End.BOUNDARY, sink);
    }

    /**
     * Says that nothing follows.
     *
     * @throws ImaLogException.Truncated when the list ends inside an entry
     */
    public void finish(Sink sink) throws IOException {
        drain(EntryReader.End.FINAL, sink);
        if (from < to) {
            throw new ImaLogException.Truncated(
                    entries,
                    offset,
                    "entry",
                    (to - from) + " bytes of it, then the list ends (expected: a whole entry)");
        }
    }

    /** Entries reported so far, and those before {@link #resumedAt}. */
    public long entries() {
        return entries;
    }

    /** Where the next entry begins, in bytes from the start of the list. */
    public long offset() {
        return offset;
    }

    /** Bytes fed that belong to no whole entry yet. */
    public int pending() {
        return to - from;
    }

    /** Empty before the first bytes; of text the byte order is as proven so far. */
    public Optional<ListFormat> format() {
        ListFormat known = format;
        if (known == null) {
            return Optional.empty();
        }
        return Optional.of(
                reader instanceof AsciiReader ascii
                        ? new ListFormat(known.encoding(), ascii.order(), known.hashBytes())
                        : known);
    }

    private void append(ByteBuffer bytes) {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        int count = Math.min(bytes.remaining(), PIECE);
        if (buffer.length - to < count) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, to + count));
        } else if (buffer.length > 1 << 20 && to < PIECE) {
            buffer = Arrays.copyOf(buffer, 2 * PIECE);
        }
        bytes.get(buffer, to, count);
        to += count;
    }

    private void drain(EntryReader.End end, Sink sink) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            EntryReader current = reader(end);
            while (current != null && from < to) {
                Entry entry = current.next(buffer, from, to, end, entries, offset);
                if (entry == null) {
                    return;
                }
                ByteBuffer bytes =
                        ByteBuffer.wrap(buffer, from, entry.length()).slice().asReadOnlyBuffer();
                from += entry.length();
                offset += entry.length();
                entries++;
                sink.entry(entry, bytes);
            }
        } catch (ImaLogException e) {
            failure = e;
            throw e;
        }
    }

    private @Nullable EntryReader reader(EntryReader.End end) throws ImaLogException {
        if (reader == null && from < to) {
            boolean complete = end == EntryReader.End.FINAL;
            ListFormat.detect(ByteBuffer.wrap(buffer, from, to - from), complete)
                    .ifPresent(this::use);
        }
        return reader;
    }

    private void use(ListFormat detected) {
        format = detected;
        reader =
                switch (detected.encoding()) {
                    case ASCII -> new AsciiReader(algorithms, detected, trusted);
                    case BINARY -> new BinaryReader(algorithms, detected);
                };
    }
}
