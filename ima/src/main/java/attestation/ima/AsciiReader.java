// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;

/**
 * Reads entries from text, and believes one only when the template data rebuilt from it hashes to
 * the logged template hash; a violation has no hash, there the grammar decides.
 */
final class AsciiReader implements EntryReader {
    private static final int MAX_EMPTY_STRINGS = 4;

    private final AsciiFrame frame;
    private final FieldText text = new FieldText();
    private final TemplateHashCheck check;
    private final boolean trusted;
    private ByteOrder order;
    private boolean orderProven;

    /**
     * @param trusted the bytes were checked before: hash only what text leaves open
     */
    AsciiReader(HashAlgorithms algorithms, ListFormat format, boolean trusted) {
        this.frame = new AsciiFrame(format.hashBytes());
        this.check = new TemplateHashCheck(algorithms, format.hashBytes());
        this.trusted = trusted;
        this.order = format.order();
        this.orderProven = trusted;
    }

    /** Byte order of the machine, once an entry has proven it. */
    ByteOrder order() {
        return order;
    }

    @Override
    public @Nullable Entry next(byte[] buffer, int from, int to, End end, long index, long offset)
            throws ImaLogException {
        try {
            AsciiFrame.State state = frame.find(buffer, from, to);
            if (state == AsciiFrame.State.INCOMPLETE) {
                return null;
            }
            boolean last =
                    frame.end + 1 == to && (end == End.FINAL || (trusted && end == End.BOUNDARY));
            boolean ends = state == AsciiFrame.State.SURE || last;
            return isViolation()
                    ? violation(buffer, from, to, ends, end, index, offset)
                    : proven(buffer, from, ends, index, offset);
        } catch (FieldText.BadField e) {
            throw new ImaLogException.Malformed(
                    index, offset, e.field, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Entry violation(
            byte[] buffer,
            int from,
            int to,
            boolean ends,
            EntryReader.End end,
            long index,
            long offset)
            throws FieldText.BadField {
        if (!ends && (end == End.OPEN || frame.end + 1 != to)) {
            return null;
        }
        byte[] data = text.encode(frame.template, buffer, frame.fieldsFrom, frame.end, order, 0);
        return entry(from, frame.end, frame.lines, data, index, offset);
    }

    private @Nullable Entry proven(byte[] buffer, int from, boolean ends, long index, long offset)
            throws FieldText.BadField {
        if (trusted && !ends) {
            return null;
        }
        if (!trusted && frame.firstEnd != frame.end) {
            byte[] data = prove(buffer, frame.firstEnd);
            if (data != null) {
                int joined = Bytes.count(buffer, frame.firstEnd, frame.end, (byte) '\n');
                return entry(from, frame.firstEnd, frame.lines - joined, data, index, offset);
            }
        }
        byte[] data = prove(buffer, frame.end);
        if (data != null) {
            return entry(from, frame.end, frame.lines, data, index, offset);
        }
        if (ends) {
            throw new FieldText.BadField(
                    "template hash", "does not match the entry's fields (changed or damaged)");
        }
        return null;
    }

    private byte @Nullable [] prove(byte[] buffer, int to) throws FieldText.BadField {
        byte[] data = prove(buffer, to, order);
        if (data == null && !orderProven) {
            ByteOrder other =
                    order == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            data = prove(buffer, to, other);
            order = data == null ? order : other;
        }
        orderProven |= data != null;
        return data;
    }

    private byte @Nullable [] prove(byte[] buffer, int to, ByteOrder tried)
            throws FieldText.BadField {
        byte[] data = text.encode(frame.template, buffer, frame.fieldsFrom, to, tried, 0);
        int open = Math.min(text.emptyStrings(), MAX_EMPTY_STRINGS);
        if ((trusted && open == 0) || check.matches(data, frame.hash)) {
            return data;
        }
        for (int flips = 1; flips < 1 << open; flips++) {
            data = text.encode(frame.template, buffer, frame.fieldsFrom, to, tried, flips);
            if (check.matches(data, frame.hash)) {
                return data;
            }
        }
        return null;
    }

    private boolean isViolation() {
        return Bytes.isZero(frame.hash, 0, frame.hash.length);
    }

    private Entry entry(int from, int end, int lines, byte[] data, long index, long offset) {
        Entry.Place place = new Entry.Place(index, offset, end + 1 - from, lines);
        return new Entry(place, frame.pcr, frame.hash, frame.templateName, data, order);
    }
}
