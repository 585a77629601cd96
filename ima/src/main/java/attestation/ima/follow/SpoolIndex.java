// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.util.Arrays;

/**
 * Where blocks of some 32 KiB begin: 33 bytes of memory for about 200 entries.
 *
 * <p>Written by one thread. Snapshots share the arrays: places below a snapshot's count are never
 * changed, but for a block's escape flag, which only goes from false to true.
 */
final class SpoolIndex {
    static final int BLOCK_BYTES = 32 * 1024;
    static final Place START = new Place(0, 0, 0, 0);

    private long[] offsets = new long[64];
    private long[] entries = new long[64];
    private long[] lines = new long[64];
    private long[] sources = new long[64];
    private boolean[] escapes = new boolean[64];
    private int count;
    private Place end = START;

    /**
     * A place between two entries, counted from the list's start.
     *
     * @param offset in bytes of the spool's text
     * @param source in bytes of the kernel's list, as if nothing had been trimmed
     */
    record Place(long offset, long entry, long line, long source) {}

    void add(int bytes, int lineCount, int sourceBytes, boolean escape) {
        if (count == 0 || end.offset() - offsets[count - 1] >= BLOCK_BYTES) {
            beginBlock();
        }
        escapes[count - 1] |= escape;
        end =
                new Place(
                        end.offset() + bytes,
                        end.entry() + 1,
                        end.line() + lineCount,
                        end.source() + sourceBytes);
    }

    Place end() {
        return end;
    }

    /** Forgets what lies behind this place; snapshots keep it. */
    void cutTo(Place place) {
        int kept = 0;
        while (kept < count && offsets[kept] < place.offset()) {
            kept++;
        }
        offsets = offsets.clone();
        entries = entries.clone();
        lines = lines.clone();
        sources = sources.clone();
        escapes = escapes.clone();
        count = kept;
        end = place;
    }

    Snapshot snapshot() {
        return new Snapshot(offsets, entries, lines, sources, escapes, count, end);
    }

    private void beginBlock() {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * count);
            entries = Arrays.copyOf(entries, 2 * count);
            lines = Arrays.copyOf(lines, 2 * count);
            sources = Arrays.copyOf(sources, 2 * count);
            escapes = Arrays.copyOf(escapes, 2 * count);
        }
        offsets[count] = end.offset();
        entries[count] = end.entry();
        lines[count] = end.line();
        sources[count] = end.source();
        count++;
    }

    /** The index as it was at one moment; for any thread. */
    static final class Snapshot {
        private final long[] offsets;
        private final long[] entries;
        private final long[] lines;
        private final long[] sources;
        private final boolean[] escapes;
        private final int count;
        private final Place end;

        private Snapshot(
                long[] offsets,
                long[] entries,
                long[] lines,
                long[] sources,
                boolean[] escapes,
                int count,
                Place end) {
            this.offsets = offsets;
            this.entries = entries;
            this.lines = lines;
            this.sources = sources;
            this.escapes = escapes;
            this.count = count;
            this.end = end;
        }

        Place end() {
            return end;
        }

        int blocks() {
            return count;
        }

        /** Where block {@code i} begins; where the list ends for {@code i} = {@link #blocks}. */
        Place start(int i) {
            return i >= count ? end : new Place(offsets[i], entries[i], lines[i], sources[i]);
        }

        int blockOfOffset(long offset) {
            return find(offsets, offset);
        }

        int blockOfEntry(long entry) {
            return find(entries, entry);
        }

        int blockOfLine(long line) {
            return find(lines, line);
        }

        boolean anyEscapes(int firstBlock, int lastBlock) {
            for (int i = firstBlock; i <= lastBlock; i++) {
                if (escapes[i]) {
                    return true;
                }
            }
            return false;
        }

        private int find(long[] places, long wanted) {
            int found = Arrays.binarySearch(places, 0, count, wanted);
            return found >= 0 ? found : Math.max(0, -found - 2);
        }
    }
}
