// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Cuts a binary list into batches without an object per entry.
 *
 * <p>Whatever is not plain - template {@code ima}, a template that is not known, anything out of
 * bounds, a rest at the end - is {@link Irregular}: {@link ListParser} then reads the list anew and
 * says what it is.
 */
final class BinaryFeeder {
    /** Needs the thorough reader. */
    static final class Irregular extends IOException {
        private static final long serialVersionUID = 1L;

        Irregular() {
            super("needs the thorough reader");
        }
    }

    private final FileChannel channel;
    private final ListFormat format;
    private final TemplateCache templates = new TemplateCache();
    private final byte[] buffer = new byte[4 << 20];
    private int from;
    private int to;

    BinaryFeeder(FileChannel channel, ListFormat format) {
        this.channel = channel;
        this.format = format;
    }

    /** Fills {@code batch}; leaves it empty at the end of the list. */
    void fill(EntryBatch batch) throws IOException {
        batch.clear(format.hashBytes());
        while (!batch.isFull()) {
            int length = next(batch);
            if (length == 0 && !more()) {
                if (from < to) {
                    throw new Irregular();
                }
                return;
            }
            from += length;
        }
    }

    /** Adds the entry at {@link #from}; its length, 0 when it is not all there. */
    private int next(EntryBatch batch) throws Irregular {
        int nameAt = from + 8 + format.hashBytes();
        if (to < nameAt) {
            return 0;
        }
        int nameLength =
                bounded(Bytes.u32(buffer, nameAt - 4, format.order()), 1, Limits.MAX_TEMPLATE_NAME);
        int dataAt = nameAt + nameLength + 4;
        if (to < dataAt) {
            return 0;
        }
        int pcr = bounded(Bytes.u32(buffer, from, format.order()), 0, Limits.MAX_PCR);
        Template template = templates.get(buffer, nameAt, dataAt - 4).template();
        if (template == null || template.isLegacy()) {
            throw new Irregular();
        }
        int length =
                bounded(Bytes.u32(buffer, dataAt - 4, format.order()), 0, Limits.MAX_TEMPLATE_DATA);
        if (to - dataAt < length) {
            return 0;
        }
        checkFields(dataAt, dataAt + length, template.fields().size());
        batch.add(pcr, buffer, from + 4, buffer, dataAt, length);
        return dataAt + length - from;
    }

    private void checkFields(int at, int end, int count) throws Irregular {
        int place = at;
        for (int i = 0; i < count; i++) {
            int left = end - place - 4;
            place += 4 + bounded(left < 0 ? -1 : Bytes.u32(buffer, place, format.order()), 0, left);
        }
        if (place != end) {
            throw new Irregular();
        }
    }

    private static int bounded(int value, int low, int high) throws Irregular {
        if (value < low || value > high) {
            throw new Irregular();
        }
        return value;
    }

    private boolean more() throws IOException {
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        if (to == buffer.length) {
            throw new Irregular();
        }
        int read = channel.read(ByteBuffer.wrap(buffer, to, Math.min(buffer.length - to, 1 << 20)));
        to += Math.max(0, read);
        return read > 0;
    }

    /** The format of the list the channel stands at the start of; the channel is put back there. */
    static ListFormat detect(FileChannel channel) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(4096);
        int read = channel.read(first);
        while (read > 0 && first.hasRemaining()) {
            read = channel.read(first);
        }
        channel.position(0);
        byte[] bytes = Arrays.copyOf(first.array(), first.position());
        return ListFormat.detect(ByteBuffer.wrap(bytes), true).orElseThrow(() -> tooShort(bytes));
    }

    private static ImaLogException tooShort(byte[] bytes) {
        if (bytes.length == 0) {
            return ImaLogException.Truncated.empty();
        }
        String shown = Display.escape(Arrays.copyOf(bytes, Math.min(16, bytes.length)));
        return new ImaLogException.Truncated(
                0, 0, "format", shown + " (expected: an IMA measurement list)");
    }
}
