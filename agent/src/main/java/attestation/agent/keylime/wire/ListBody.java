// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import attestation.agent.evidence.ListSlice;
import attestation.agent.https.Answer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An answer's bytes: ready-made text, then a list slice as the inside of a JSON string, then
 * ready-made text. Breaks off rather than be of another length than was promised.
 */
public final class ListBody implements Answer.Body {
    private final ByteBuffer head;
    private final ListJson list;
    private final ByteBuffer tail;
    private long left;

    /**
     * @param length of the whole body as {@link #length} told it
     */
    public ListBody(byte[] head, ListSlice slice, byte[] tail, long length) {
        this.head = ByteBuffer.wrap(head);
        this.list = new ListJson(slice);
        this.tail = ByteBuffer.wrap(tail);
        this.left = length;
    }

    /** The length of such a body in bytes; reads the slice if anything in it needs escaping. */
    public static long length(byte[] head, ListSlice slice, byte[] tail) throws IOException {
        return head.length + ListJson.length(slice) + tail.length;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int before = target.remaining();
        move(head, target);
        if (!head.hasRemaining()) {
            while (target.hasRemaining() && list.read(target) > 0) {
                // until the list or the room ends
            }
        }
        if (target.hasRemaining()) {
            move(tail, target);
        }
        return count(before - target.remaining());
    }

    private int count(int moved) throws IOException {
        left -= moved;
        boolean ended = moved == 0;
        if (left < 0 || (ended && left > 0)) {
            throw new IOException(
                    "measurement list changed while it was sent: body is %s by at least %d bytes"
                            .formatted(left < 0 ? "longer" : "shorter", Math.abs(left)));
        }
        return ended ? -1 : moved;
    }

    private static void move(ByteBuffer source, ByteBuffer target) {
        int n = Math.min(source.remaining(), target.remaining());
        target.put(target.position(), source, source.position(), n);
        target.position(target.position() + n);
        source.position(source.position() + n);
    }

    @Override
    public void close() {
        // a slice holds nothing that ends with this answer
    }
}
