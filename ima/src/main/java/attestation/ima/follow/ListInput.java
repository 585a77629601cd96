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
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The open list. The kernel's has no size and gives at most a page per read; an ordinary file, as
 * in tests, is recognised by its size and watched for being cut or replaced.
 */
final class ListInput implements AutoCloseable {
    static final int BUFFER_BYTES = 128 * 1024;

    private final Path path;
    private final FileChannel channel;
    private final @Nullable Object key;
    private final ByteBuffer buffer;
    private boolean regular;
    private long position;

    private ListInput(Path path, FileChannel channel, @Nullable Object key, ByteBuffer buffer) {
        this.path = path;
        this.channel = channel;
        this.key = key;
        this.buffer = buffer;
    }

    static ListInput open(Path path, ListOpener opener, ByteBuffer buffer) throws IOException {
        Object key = keyOf(path);
        return new ListInput(path, opener.open(path), key, buffer);
    }

    static ListInput inherited(Path path, FileChannel channel, ByteBuffer buffer) {
        return new ListInput(path, channel, null, buffer);
    }

    /** The next bytes, as many as one read gives; empty at the end of what is there. */
    ByteBuffer read() throws IOException {
        buffer.clear();
        int read = channel.read(buffer);
        position += Math.max(0, read);
        return buffer.flip();
    }

    /** Of an ordinary file: bytes from elsewhere, fewer at its end; the position stays. */
    ByteBuffer peek(long from, int length) throws IOException {
        buffer.clear().limit(length);
        channel.read(buffer, from);
        return buffer.flip();
    }

    /** Goes to this byte; the kernel walks its list up to there. */
    void seek(long to) throws IOException {
        channel.position(to);
        position = to;
    }

    /** The one entry of this length that stands here; null when these bytes are anything else. */
    @Nullable Entry readEntry(int length, HashAlgorithms algorithms, ListFormat format)
            throws IOException {
        List<Entry> found = new ArrayList<>();
        ListParser parser = ListParser.resumedAt(algorithms, format, 0, 0);
        try {
            for (int left = length; left > 0; ) {
                ByteBuffer bytes = read();
                if (!bytes.hasRemaining()) {
                    return null;
                }
                bytes.limit(Math.min(bytes.limit(), left));
                left -= bytes.remaining();
                parser.feed(bytes, (entry, raw) -> found.add(entry));
            }
            parser.boundary((entry, raw) -> found.add(entry));
        } catch (ImaLogException e) {
            return null;
        }
        return parser.pending() == 0 && found.size() == 1 ? found.getFirst() : null;
    }

    /** Whether it is an ordinary file. */
    boolean isRegular() throws IOException {
        regular = regular || channel.size() > 0;
        return regular;
    }

    /** Of an ordinary file: why the bytes read from it no longer count; null when they do. */
    @Nullable String changed() throws IOException {
        if (!isRegular() || key == null) {
            return null;
        }
        if (!key.equals(keyOf(path))) {
            return "another file is there now";
        }
        long size = channel.size();
        return size < position ? "it has " + size + " bytes (it had " + position + ")" : null;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it was only read from
        }
    }

    private static Object keyOf(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path : key;
    }
}
