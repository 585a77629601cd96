// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.ListParser;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Walks the entries of a {@link LogView}, 64 KiB at a time. Confined to one thread. */
public final class EntryCursor {
    private static final int CHUNK = 64 * 1024;

    private final LogView view;
    private final ListParser parser;
    private final Deque<Entry> ready = new ArrayDeque<>();
    private final ByteBuffer chunk;
    private long offset;
    private boolean ended;

    EntryCursor(LogView view, SpoolIndex.Place start, HashAlgorithms algorithms) {
        this.view = view;
        this.offset = start.offset();
        this.parser =
                ListParser.trusting(algorithms, view.textFormat(), start.entry(), start.offset());
        this.chunk = ByteBuffer.allocate((int) Math.min(CHUNK, Math.max(1, view.bytes() - offset)));
    }

    /**
     * The next entry; null after the last one of the view.
     *
     * @throws IOException when the spool cannot be read or was damaged
     */
    public @Nullable Entry next() throws IOException {
        while (ready.isEmpty() && !ended) {
            chunk.clear();
            int read = view.readText(offset, view.bytes(), chunk);
            if (read < 0) {
                ended = true;
                parser.boundary((entry, raw) -> ready.add(entry));
                checkWhole();
            } else {
                offset += read;
                parser.feed(chunk.flip(), (entry, raw) -> ready.add(entry));
            }
        }
        return ready.poll();
    }

    private void checkWhole() throws IOException {
        if (parser.pending() > 0 || parser.entries() != view.entries()) {
            throw new IOException(
                    "spool: "
                            + parser.entries()
                            + " entries (expected: "
                            + view.entries()
                            + "); it was damaged on disk");
        }
    }
}
