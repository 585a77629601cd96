// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.SyntheticList;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The list of a kernel, with staging or without, as its securityfs gives it: no size, whole entries
 * up to a page at each read, any number of readers or one writer, a count of what is listed now.
 *
 * <p>Confined to one thread.
 */
final class KernelList implements ListOpener {
    private static final int PAGE = 4096;

    private final Path list;
    private final Path count;
    private final boolean binary;
    private SyntheticList entries = new SyntheticList("none", false);
    private byte[] bytes = new byte[0];
    private final List<Integer> ends = new ArrayList<>();
    private long listed;
    private long trimmed;
    private int boot;
    private int readers;
    private boolean writer;

    private int opens;
    private int seeks;
    private int reads;

    KernelList(Path directory, boolean binary, boolean staging) throws IOException {
        this.list = Files.createFile(directory.resolve("list"));
        this.count = directory.resolve("count");
        this.binary = binary;
        if (staging) {
            Files.createFile(directory.resolve("list_staged"));
        }
    }

    /** What was asked of it since this was last called. */
    record Calls(int opens, int seeks, int reads) {}

    Calls takeCalls() {
        Calls calls = new Calls(opens, seeks, reads);
        opens = 0;
        seeks = 0;
        reads = 0;
        return calls;
    }

    Path path() {
        return list;
    }

    Path count() {
        return count;
    }

    SyntheticList entries() {
        return entries;
    }

    long listed() {
        return listed;
    }

    long trimmed() {
        return trimmed;
    }

    int readers() {
        return readers;
    }

    boolean isStaging() {
        return writer;
    }

    /** A cold boot with another list: whoever had it open is gone. */
    void boots(SyntheticList other, long first) {
        boot++;
        readers = 0;
        writer = false;
        entries = other;
        listed = first;
        trimmed = 0;
        changed();
    }

    void grow(int more) {
        listed += more;
        changed();
    }

    /** A process that was killed has nothing open. */
    void readersDie() {
        boot++;
        readers = 0;
    }

    /** Opens it for writing; false is EBUSY. */
    boolean stagerOpens() {
        writer |= readers == 0;
        return writer;
    }

    void stagerCloses() {
        writer = false;
    }

    /** {@code N\n} written to the list, or {@code A\n} and {@code D\n} to the staged one. */
    void trim(long entries) {
        if (!writer || entries > listed - trimmed) {
            throw new IllegalStateException("trim of " + entries + " entries");
        }
        trimmed += entries;
        changed();
    }

    @Override
    public FileChannel open(Path path) throws IOException {
        if (writer) {
            throw new FileSystemException(path.toString(), null, "Device or resource busy");
        }
        readers++;
        opens++;
        return new Reader();
    }

    private void changed() {
        bytes = binary ? entries.binary(trimmed, listed) : entries.ascii(trimmed, listed);
        ends.clear();
        int end = 0;
        for (long i = trimmed; i < listed; i++) {
            end += binary ? entries.binary(i).length : entries.ascii(i).length;
            ends.add(end);
        }
        try {
            Files.writeString(count, (listed - trimmed) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a read that begins here stops: behind the last entry that fits, one at least. */
    private int endOfRead(int from) {
        int end = from;
        for (int entry : ends) {
            if (entry > from && (end == from || entry <= from + PAGE)) {
                end = entry;
            }
        }
        return end;
    }

    private final class Reader extends FileChannel {
        private final int opened = boot;
        private long position;

        @Override
        public int read(ByteBuffer target) {
            int read = read(target, position);
            position += Math.max(0, read);
            return read;
        }

        @Override
        public int read(ByteBuffer target, long from) {
            reads++;
            if (from >= bytes.length) {
                return -1;
            }
            int at = (int) from;
            int length = Math.min(target.remaining(), endOfRead(at) - at);
            target.put(bytes, at, length);
            return length;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public FileChannel position(long to) {
            seeks++;
            position = to;
            return this;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        protected void implCloseChannel() {
            readers -= opened == boot ? 1 : 0;
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer source, long at) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void force(boolean metaData) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(long from, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long at, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long from, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long from, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long from, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }
    }
}
