// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.buffer.ByteBuf;

import java.util.Arrays;

/** A request whose head is known and whose body is still coming; grows with what came. */
final class Arriving {
    private static final byte[] NONE = new byte[0];

    private final RequestHead head;
    private final int maxBytes;
    private byte[] body = NONE;
    private int length;

    Arriving(RequestHead head, int maxBytes) {
        this.head = head;
        this.maxBytes = maxBytes;
    }

    void add(ByteBuf part) throws BadRequest {
        int more = part.readableBytes();
        if (more == 0) {
            return;
        }
        if (more > maxBytes - length) {
            throw RequestHead.tooLong("more than " + maxBytes, maxBytes);
        }
        if (length + more > body.length) {
            int room = Math.max(length + more, Math.min(maxBytes, body.length * 2));
            body = Arrays.copyOf(body, room);
        }
        part.readBytes(body, length, more);
        length += more;
    }

    Arrived complete() {
        return Arrived.request(head, length == body.length ? body : Arrays.copyOf(body, length));
    }
}
