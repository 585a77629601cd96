// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.ImaLogException;
import attestation.ima.ListFormat;
import attestation.ima.ListParser;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes up the spool of an earlier run, piece by piece: every entry is proven again by its template
 * hash, and the file is cut behind the last whole one.
 *
 * <p>That the entries are those the TPM saw is for the caller to prove, by replay.
 */
final class SpoolResume {
    private final Spool spool;
    private final Tally tally;
    private final ListParser parser;
    private final ByteBuffer chunk;
    private long offset;
    private @Nullable Entry last;

    /**
     * @param chunk room for what is read at once; nobody else uses it while this runs
     */
    SpoolResume(Spool spool, Tally tally, HashAlgorithms algorithms, ByteBuffer chunk) {
        this.spool = spool;
        this.tally = tally;
        this.chunk = chunk;
        ListFormat text = ListFormat.asciiSha1(spool.form().format().order());
        this.parser = ListParser.resumedAt(algorithms, text, 0, 0);
    }

    /** Reads up to {@code budgetBytes}; true when the end was reached and the tail is cut. */
    boolean step(long budgetBytes) throws IOException {
        SpoolFile file = spool.storage().file();
        for (long left = budgetBytes; file != null && left > 0; left -= chunk.limit()) {
            chunk.clear();
            int read = file.read(SpoolHeader.BYTES + offset, chunk);
            if (read <= 0 || !accepts(read)) {
                return finish();
            }
        }
        return file == null;
    }

    /** The last entry that was taken over. */
    @Nullable Entry last() {
        return last;
    }

    private boolean accepts(int read) throws IOException {
        offset += read;
        try {
            parser.feed(chunk.flip(), this::adopt);
            return true;
        } catch (ImaLogException e) {
            return false;
        }
    }

    private boolean finish() throws IOException {
        try {
            parser.boundary(this::adopt);
        } catch (ImaLogException e) {
            // what was whole has been adopted; the rest is cut
        }
        spool.cutTail();
        return true;
    }

    private void adopt(Entry entry, ByteBuffer text) {
        spool.adopt(entry, text);
        tally.add(entry);
        last = entry;
    }
}
