// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import attestation.agent.evidence.ListSlice;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A list slice as the inside of a JSON string, escaped while it is read, in constant memory.
 *
 * <p>Valid UTF-8 passes; each maximal malformed part becomes U+FFFD, as Keylime's own agent cannot
 * (it answers nothing then). One thread at a time.
 */
public final class ListJson {
    private static final int STAGING_BYTES = 64 * 1024;
    private static final byte[][] ESCAPES = escapes();
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NONE = {};
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ListSlice slice;
    private byte[] staged = NONE;
    private int from;
    private int to;
    private long offset;
    private byte[] pending = NONE;
    private int pendingFrom;

    public ListJson(ListSlice slice) {
        this.slice = slice;
    }

    /** How many bytes the whole of {@code slice} becomes; reads it if anything needs escaping. */
    public static long length(ListSlice slice) throws IOException {
        if (!slice.needsEscaping()) {
            return slice.bytes() + slice.lines();
        }
        var reader = new ListJson(slice);
        var scratch = ByteBuffer.allocate(STAGING_BYTES);
        long length = 0;
        for (int n = reader.read(scratch); n >= 0; n = reader.read(scratch.clear())) {
            length += n;
        }
        return length;
    }

    /**
     * Puts the next bytes.
     *
     * @param target with room for at least one byte
     * @return how many, -1 at the end
     */
    public int read(ByteBuffer target) throws IOException {
        int before = target.remaining();
        while (target.hasRemaining() && (drainPending(target) || step(target))) {
            // each turn moves bytes or stages more
        }
        int moved = before - target.remaining();
        return moved == 0 ? -1 : moved;
    }

    private boolean drainPending(ByteBuffer target) {
        int n = Math.min(pending.length - pendingFrom, target.remaining());
        target.put(pending, pendingFrom, n);
        pendingFrom += n;
        return n > 0;
    }

    private boolean step(ByteBuffer target) throws IOException {
        if (from == to && !stage()) {
            return false;
        }
        int end = plainUntil(staged, from, Math.min(to, from + target.remaining()));
        if (end > from) {
            target.put(staged, from, end - from);
            from = end;
            return true;
        }
        return special(target);
    }

    /** Keeps what an unfinished sequence left and fills the rest. */
    private boolean stage() throws IOException {
        if (staged.length == 0) {
            staged = new byte[(int) Math.min(STAGING_BYTES, Math.max(slice.bytes(), 8))];
        }
        System.arraycopy(staged, from, staged, 0, to - from);
        to -= from;
        from = 0;
        var room = ByteBuffer.wrap(staged, to, staged.length - to);
        int n = offset < slice.bytes() ? slice.read(offset, room) : -1;
        if (n <= 0) {
            return false;
        }
        offset += n;
        to += n;
        return true;
    }

    private boolean special(ByteBuffer target) throws IOException {
        int value = staged[from] & 0xFF;
        if (value < 0x80) {
            from++;
            return pend(ESCAPES[value]);
        }
        int length = Utf8.sequence(staged, from, to);
        if (length == 0 && stage()) {
            return true;
        }
        if (length > 0) {
            return pass(length, target);
        }
        from = length == 0 ? to : from - length;
        return pend(REPLACEMENT);
    }

    private boolean pass(int length, ByteBuffer target) {
        if (length <= target.remaining()) {
            target.put(staged, from, length);
        } else {
            pend(Arrays.copyOfRange(staged, from, from + length));
        }
        from += length;
        return true;
    }

    private boolean pend(byte[] bytes) {
        pending = bytes;
        pendingFrom = 0;
        return true;
    }

    /** Index of the first byte that cannot be copied as it is, eight at a time. */
    private static int plainUntil(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long special = specials((long) LONGS.get(bytes, i));
            if (special != 0) {
                return i + Long.numberOfTrailingZeros(special) / Byte.SIZE;
            }
        }
        while (i < to && isPlain(bytes[i])) {
            i++;
        }
        return i;
    }

    /**
     * The lowest set bit marks the first byte that is a control, a quote, a backslash or not ASCII.
     */
    private static long specials(long word) {
        long ones = 0x0101010101010101L;
        long highs = ones << 7;
        long control = word - 0x20 * ones & ~word;
        long quote = zeroBytes(word ^ '"' * ones, ones);
        long backslash = zeroBytes(word ^ '\\' * ones, ones);
        return (control | quote | backslash | word) & highs;
    }

    private static long zeroBytes(long word, long ones) {
        return word - ones & ~word;
    }

    private static boolean isPlain(byte value) {
        return value >= 0x20 && value != '"' && value != '\\';
    }

    private static byte[][] escapes() {
        var table = new byte['\\' + 1][];
        for (int c = 0; c < 0x20; c++) {
            table[c] = ascii("\\u%04x".formatted(c));
        }
        table['\b'] = ascii("\\b");
        table['\t'] = ascii("\\t");
        table['\n'] = ascii("\\n");
        table['\f'] = ascii("\\f");
        table['\r'] = ascii("\\r");
        table['"'] = ascii("\\\"");
        table['\\'] = ascii("\\\\");
        return table;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
