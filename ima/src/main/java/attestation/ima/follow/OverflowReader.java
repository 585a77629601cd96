// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.HashAlgorithms;
import attestation.ima.ListParser;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Reads blocks that are not in the spool from the kernel's list, once more and by position.
 *
 * <p>Thread-safe; readers wait for each other. The kernel walks its list to each place that does
 * not follow the last one: this is the price of a full disk.
 */
final class OverflowReader implements AutoCloseable {
    private final Path list;
    private final ListOpener opener;
    private final boolean keepOpen;
    private final SourceForm form;
    private final HashAlgorithms algorithms;
    private @Nullable FileChannel channel;
    private long trimmedBytes;
    private boolean closed;

    OverflowReader(
            Path list,
            ListOpener opener,
            boolean keepOpen,
            SourceForm form,
            HashAlgorithms algorithms) {
        this.list = list;
        this.opener = opener;
        this.keepOpen = keepOpen;
        this.form = form;
        this.algorithms = algorithms;
    }

    /** The kernel's list now begins with what was this byte of it. */
    synchronized void trimmedTo(long sourceBytes) {
        trimmedBytes = sourceBytes;
        release();
    }

    /** Closes the list; the next reader opens it anew. */
    synchronized void letGo() {
        release();
    }

    /** The text of the entries between two places. */
    synchronized byte[] text(SpoolIndex.Place from, SpoolIndex.Place to) throws IOException {
        if (closed) {
            throw new IOException("list " + list + " was replaced since this view of it was made");
        }
        if (from.source() < trimmedBytes) {
            throw new IOException(
                    "entries from "
                            + from.entry()
                            + " on: trimmed from the kernel's list before the spool could take them");
        }
        try {
            byte[] source =
                    read(
                            from.source() - trimmedBytes,
                            Math.toIntExact(to.source() - from.source()));
            byte[] text = form.isIdentity() ? source : render(source, from, to);
            if (text.length != to.offset() - from.offset()) {
                throw new IOException(
                        "list "
                                + list
                                + " changed: entries from "
                                + from.entry()
                                + " on have another length");
            }
            return text;
        } finally {
            if (!keepOpen) {
                release();
            }
        }
    }

    private byte[] render(byte[] source, SpoolIndex.Place from, SpoolIndex.Place to)
            throws IOException {
        ByteArrayOutputStream text =
                new ByteArrayOutputStream(Math.toIntExact(to.offset() - from.offset()));
        ListParser parser =
                ListParser.resumedAt(algorithms, form.format(), from.entry(), from.source());
        ListParser.Sink sink =
                (entry, raw) -> {
                    ByteBuffer bytes = form.text(entry, raw);
                    text.write(bytes.array(), bytes.arrayOffset(), bytes.remaining());
                };
        parser.feed(ByteBuffer.wrap(source), sink);
        parser.boundary(sink);
        return text.toByteArray();
    }

    private byte[] read(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (readOnce(bytes, at + bytes.position()) <= 0) {
                throw new IOException(
                        "list "
                                + list
                                + " ends at byte "
                                + (at + bytes.position())
                                + " (it was longer)");
            }
        }
        return bytes.array();
    }

    private int readOnce(ByteBuffer bytes, long at) throws IOException {
        try {
            return opened().read(bytes, at);
        } catch (ClosedByInterruptException e) {
            channel = null;
            throw e;
        } catch (ClosedChannelException e) {
            channel = null;
            return opened().read(bytes, at);
        }
    }

    private FileChannel opened() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = opener.open(list);
            channel = open;
        }
        return open;
    }

    private void release() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it was only read from
        }
        channel = null;
    }

    @Override
    public synchronized void close() {
        closed = true;
        release();
    }
}
