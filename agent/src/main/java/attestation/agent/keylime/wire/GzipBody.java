// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import attestation.agent.https.Answer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Another body as one gzip member (RFC 1952) at the fastest level. The same input gives the same
 * bytes, so that a first pass can tell the length.
 */
public final class GzipBody implements Answer.Body {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final byte[] HEAD = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 4, (byte) 0xFF};
    private static final int TRAIL_BYTES = 8;

    private final Answer.Body source;
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32 crc = new CRC32();
    private final ByteBuffer input = ByteBuffer.allocate(CHUNK_BYTES);
    private ByteBuffer frame = ByteBuffer.wrap(HEAD);
    private boolean trailed;

    public GzipBody(Answer.Body source) {
        this.source = source;
    }

    /** How many bytes {@code source} becomes; reads and closes it. */
    public static long length(Answer.Body source) throws IOException {
        long length = 0;
        try (var body = new GzipBody(source)) {
            var scratch = ByteBuffer.allocate(CHUNK_BYTES);
            for (int n = body.read(scratch); n >= 0; n = body.read(scratch.clear())) {
                length += n;
            }
        }
        return length;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int before = target.remaining();
        while (target.hasRemaining() && step(target)) {
            // until the target is full or the member ends
        }
        int moved = before - target.remaining();
        return moved == 0 ? -1 : moved;
    }

    private boolean step(ByteBuffer target) throws IOException {
        if (frame.hasRemaining()) {
            target.put(frame.get());
            return true;
        }
        if (deflater.deflate(target) > 0) {
            return true;
        }
        if (deflater.finished()) {
            return trail();
        }
        feed();
        return true;
    }

    private void feed() throws IOException {
        boolean ended = source.read(input.clear()) < 0;
        input.flip(); // the deflater keeps looking at this buffer, at the end too
        if (ended) {
            deflater.finish();
            return;
        }
        crc.update(input.duplicate());
        deflater.setInput(input);
    }

    private boolean trail() {
        if (trailed) {
            return false;
        }
        trailed = true;
        frame =
                ByteBuffer.allocate(TRAIL_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) crc.getValue())
                        .putInt((int) deflater.getBytesRead())
                        .flip();
        return true;
    }

    @Override
    public void close() throws IOException {
        deflater.end();
        source.close();
    }
}
