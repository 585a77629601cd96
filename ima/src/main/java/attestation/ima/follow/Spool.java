// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.Limits;
import attestation.ima.ListFormat;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/**
 * What was read of the list, as text, in a file of this boot, with a sparse index.
 *
 * <p>Confined to one thread; {@link #view} may be called from any. No fsync: the file dies with the
 * boot. A kill leaves at most half an entry at its end, which {@link SpoolResume} cuts off. When it
 * cannot be written or has reached its cap, entries are still indexed, and read from the kernel
 * when asked for.
 */
final class Spool implements AutoCloseable {
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final int RECOVER_BYTES = 8 << 20;
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final Storage storage;
    private final SourceForm form;
    private final HashAlgorithms algorithms;
    private final long capBytes;
    private final long incarnation;
    private final SpoolIndex index = new SpoolIndex();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private SpoolState state = SpoolState.COMPLETE;
    private Instant nextTry = Instant.MIN;
    private @Nullable SpoolHeader header;
    private volatile LogView view;

    Spool(
            Storage storage,
            SourceForm form,
            HashAlgorithms algorithms,
            long capBytes,
            long incarnation) {
        this.storage = storage;
        this.form = form;
        this.algorithms = algorithms;
        this.capBytes = capBytes;
        this.incarnation = incarnation;
        this.view = newView();
    }

    /** Begins a file for this list; without a file everything is read from the kernel again. */
    void begin(BootIdentity boot, @Nullable IOException noFile) {
        header = new SpoolHeader(boot, form.format());
        SpoolFile file = storage.file();
        if (file == null) {
            state = failed(noFile == null ? new IOException("no spool file") : noFile);
            return;
        }
        try {
            writeHeader(file);
        } catch (IOException e) {
            state = failed(e);
        }
    }

    /** Adds one entry; readers see it after {@link #publish}. */
    void append(Entry entry, ByteBuffer text) {
        int bytes = text.remaining();
        boolean escape = needsEscaping(text);
        if (state.kind() == SpoolState.Kind.COMPLETE) {
            store(text.duplicate());
        }
        index.add(bytes, entry.physicalLines(), entry.length(), escape);
    }

    /** Indexes an entry that the file already has. */
    void adopt(Entry entry, ByteBuffer text) {
        int bytes = text.remaining();
        index.add(bytes, entry.physicalLines(), form.sourceLength(entry), needsEscaping(text));
        storage.spooled(index.end());
    }

    /** Makes all entries so far visible; after a failure tries again to complete the file. */
    void publish(Instant now) {
        write();
        SpoolFile file = storage.file();
        if (state.kind() == SpoolState.Kind.FAILED && file != null && !now.isBefore(nextTry)) {
            recover(file, now);
        }
        view = newView();
    }

    LogView view() {
        return view;
    }

    /** Forgets the entries that only the kernel has, to read them anew. */
    void forgetOverflow() {
        write();
        if (storage.spooled().offset() < index.end().offset()) {
            index.cutTo(storage.spooled());
        }
        view = newView();
    }

    SpoolIndex.Place end() {
        return index.end();
    }

    SpoolState state() {
        return state;
    }

    Storage storage() {
        return storage;
    }

    SourceForm form() {
        return form;
    }

    /** Drops what the file has beyond the last entry that was adopted. */
    void cutTail() throws IOException {
        SpoolFile file = storage.file();
        if (file != null) {
            file.truncate(SpoolHeader.BYTES + storage.spooled().offset());
        }
    }

    @Override
    public void close() {
        storage.overflow().close();
        SpoolFile file = storage.file();
        if (file != null) {
            file.close();
        }
    }

    private LogView newView() {
        ListFormat text = ListFormat.asciiSha1(form.format().order());
        return new LogView(index.snapshot(), storage, text, algorithms, incarnation);
    }

    private void store(ByteBuffer text) {
        if (index.end().offset() + text.remaining() > capBytes) {
            write();
            cap();
            return;
        }
        if (text.remaining() > buffer.remaining()) {
            write();
        }
        if (state.kind() != SpoolState.Kind.COMPLETE) {
            return;
        }
        if (text.remaining() > buffer.capacity()) {
            boolean usual = text.remaining() <= BUFFER_BYTES;
            buffer = ByteBuffer.allocateDirect(usual ? BUFFER_BYTES : Limits.MAX_ASCII_ENTRY + 1);
        }
        buffer.put(text);
    }

    /**
     * Writes the whole entries in the buffer: those between what the file has and the index's end.
     */
    private void write() {
        SpoolFile file = storage.file();
        if (buffer.position() == 0 || file == null) {
            return;
        }
        try {
            file.write(SpoolHeader.BYTES + storage.spooled().offset(), buffer.flip());
            storage.spooled(index.end());
        } catch (IOException e) {
            state = failed(e);
            cutQuietly();
        } finally {
            buffer =
                    buffer.capacity() > BUFFER_BYTES
                            ? ByteBuffer.allocateDirect(BUFFER_BYTES)
                            : buffer.clear();
        }
    }

    private void cutQuietly() {
        try {
            cutTail();
        } catch (IOException e) {
            // the next write goes to the same place; a resume cuts what is left
        }
    }

    private void writeHeader(SpoolFile file) throws IOException {
        SpoolHeader missing = header;
        if (missing != null) {
            file.write(0, missing.encode());
            header = null;
        }
    }

    private void recover(SpoolFile file, Instant now) {
        SpoolIndex.Snapshot all = index.snapshot();
        if (all.end().offset() > capBytes) {
            cap();
            return;
        }
        try {
            writeHeader(file);
            for (long written = 0;
                    written < RECOVER_BYTES && storage.spooled().offset() < all.end().offset(); ) {
                int block = all.blockOfOffset(storage.spooled().offset());
                SpoolIndex.Place from = storage.startOfMissing(all, block);
                SpoolIndex.Place to = all.start(block + 1);
                file.write(
                        SpoolHeader.BYTES + from.offset(),
                        ByteBuffer.wrap(storage.overflow().text(from, to)));
                storage.spooled(to);
                written += to.offset() - from.offset();
            }
            if (storage.spooled().offset() == all.end().offset()) {
                state = SpoolState.COMPLETE;
            }
        } catch (IOException e) {
            state = failed(e);
            nextTry = now.plus(RETRY);
        }
    }

    private void cap() {
        String words =
                "spool: "
                        + storage.spooled().offset()
                        + " bytes, cap "
                        + capBytes
                        + "; later entries are read from the kernel again (raise the cap)";
        state =
                state.kind() == SpoolState.Kind.CAPPED
                        ? state
                        : new SpoolState(SpoolState.Kind.CAPPED, words);
    }

    private static SpoolState failed(IOException cause) {
        return new SpoolState(
                SpoolState.Kind.FAILED,
                "spool cannot be written: "
                        + cause.getMessage()
                        + "; entries are read from the kernel again (free space in the state directory)");
    }

    private static boolean needsEscaping(ByteBuffer text) {
        int last = text.limit() - 1;
        for (int i = text.position(); i < last; i++) {
            byte value = text.get(i);
            if ((value < 0x20 && value != '\n') || value == '"' || value == '\\') {
                return true;
            }
        }
        return false;
    }
}
