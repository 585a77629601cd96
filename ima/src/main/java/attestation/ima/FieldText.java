// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rebuilds template data from the text of an entry.
 *
 * <p>Text does not tell an absent string from an empty one, nor the byte order of the machine: both
 * are arguments, and the template hash decides.
 */
final class FieldText {
    /** A field that cannot be what it says it is. */
    static final class BadField extends Exception {
        private static final long serialVersionUID = 1L;
        final String field;

        BadField(String field, String reason) {
            super(reason, null, false, false);
            this.field = field;
        }
    }

    private byte[] out = new byte[4096];
    private int size;
    private int emptyStrings;

    /** How many string fields of the last {@link #encode} were empty text. */
    int emptyStrings() {
        return emptyStrings;
    }

    /**
     * Template data of the fields in {@code [from, to)}, each led by one blank.
     *
     * @param flips bit i: store the i-th empty string the less likely way
     */
    byte[] encode(Template template, byte[] text, int from, int to, ByteOrder order, int flips)
            throws BadField {
        size = 0;
        emptyStrings = 0;
        reserve(to - from + 5 * (Limits.MAX_FIELDS + 1) + Limits.MAX_LEGACY_NAME + 1);
        int at = from;
        int last = template.fields().size() - 1;
        for (int i = 0; i <= last; i++) {
            int start = at + 1;
            at = i == last ? to : Bytes.indexOf(text, start, to, (byte) ' ');
            FieldType field = template.fields().get(i);
            if (template.isLegacy()) {
                legacy(field, text, start, at);
            } else {
                framed(field, text, start, at, order, flips);
            }
        }
        return Arrays.copyOf(out, size);
    }

    private void framed(FieldType field, byte[] text, int from, int to, ByteOrder order, int flips)
            throws BadField {
        int lengthAt = size;
        size += 4;
        value(field, text, from, to, order, flips);
        Bytes.putU32(out, lengthAt, size - lengthAt - 4, order);
    }

    private void legacy(FieldType field, byte[] text, int from, int to) throws BadField {
        if (field == FieldType.D) {
            hex(field, text, from, to);
            return;
        }
        if (to - from > Limits.MAX_LEGACY_NAME) {
            throw new BadField(
                    "n", (to - from) + " bytes (expected: at most " + Limits.MAX_LEGACY_NAME + ")");
        }
        Arrays.fill(out, size, size + Limits.MAX_LEGACY_NAME + 1, (byte) 0);
        System.arraycopy(text, from, out, size, to - from);
        size += Limits.MAX_LEGACY_NAME + 1;
    }

    private void value(FieldType field, byte[] text, int from, int to, ByteOrder order, int flips)
            throws BadField {
        switch (field.print()) {
            case HEX -> hex(field, text, from, to);
            case DIGEST -> digest(field, text, from, to);
            case STRING -> string(field, text, from, to, flips);
            case U32 -> number(field, text, from, to, 4, order);
            case U16 -> number(field, text, from, to, 2, order);
        }
    }

    private void hex(FieldType field, byte[] text, int from, int to) throws BadField {
        if (!Bytes.decodeHex(text, from, to, out, size)) {
            throw new BadField(field.id(), (to - from) + " bytes (expected: pairs of hex digits)");
        }
        size += (to - from) / 2;
    }

    private void digest(FieldType field, byte[] text, int from, int to) throws BadField {
        if (from == to) {
            return;
        }
        int colon = to;
        while (colon > from && text[colon - 1] != ':') {
            colon--;
        }
        if (colon == from) {
            out[size++] = ':';
        }
        requirePrintable(field, text, from, colon);
        System.arraycopy(text, from, out, size, colon - from);
        size += colon - from;
        out[size++] = 0;
        hex(field, text, colon, to);
    }

    /**
     * Kernels write names of algorithms there; a violation has no hash that would tell otherwise.
     */
    private static void requirePrintable(FieldType field, byte[] text, int from, int to)
            throws BadField {
        for (int i = from; i < to; i++) {
            if (text[i] <= ' ' || text[i] == 0x7f) {
                throw new BadField(
                        field.id(),
                        "byte 0x%02x in the algorithm (expected: printable ASCII)"
                                .formatted(text[i] & 0xff));
            }
        }
    }

    private void string(FieldType field, byte[] text, int from, int to, int flips) {
        System.arraycopy(text, from, out, size, to - from);
        size += to - from;
        boolean terminated = true;
        if (from == to) {
            boolean flip = (flips >> emptyStrings & 1) != 0;
            terminated = (field != FieldType.XATTRNAMES) != flip;
            emptyStrings++;
        }
        if (terminated) {
            out[size++] = 0;
        }
    }

    private void number(FieldType field, byte[] text, int from, int to, int bytes, ByteOrder order)
            throws BadField {
        if (from == to) {
            return;
        }
        long value = 0;
        for (int i = from; i < to && value < 1L << 32; i++) {
            value = text[i] >= '0' && text[i] <= '9' ? value * 10 + (text[i] - '0') : 1L << 32;
        }
        if (value >= 1L << (8 * bytes)) {
            throw new BadField(
                    field.id(), "not a number (expected: decimal below 2^" + 8 * bytes + ")");
        }
        for (int i = 0; i < bytes; i++) {
            int shift = order == ByteOrder.LITTLE_ENDIAN ? 8 * i : 8 * (bytes - 1 - i);
            out[size++] = (byte) (value >>> shift);
        }
    }

    private void reserve(int bytes) {
        if (out.length < bytes) {
            out = new byte[bytes];
        } else if (out.length > 1 << 20 && bytes < 1 << 16) {
            out = new byte[1 << 16];
        }
    }
}
