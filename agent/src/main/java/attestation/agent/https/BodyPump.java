// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Moves a streamed body to its connection, 64 KiB at a time, no faster than the peer reads. */
final class BodyPump {
    private static final int CHUNK = 64 * 1024;
    private static final int MOST_EMPTY_READS = 16;

    private final ServerParts parts;
    private final Connection connection;
    private final Running running;
    private final Answer.Streamed answer;
    private final Channel channel;
    private long sent;

    BodyPump(ServerParts parts, Connection connection, Running running, Answer.Streamed answer) {
        this.parts = parts;
        this.connection = connection;
        this.running = running;
        this.answer = answer;
        this.channel = connection.channel();
    }

    void run() throws IOException {
        if (answer.length() == 0) {
            connection.ended(running, 0);
            return;
        }
        while (sent < answer.length()) {
            switch (connection.flow().await(parts.limits().progressTimeout())) {
                case WRITABLE -> sendChunk();
                case STALLED -> {
                    connection.stalled(running, sent);
                    return;
                }
                case GONE -> {
                    return;
                }
            }
        }
    }

    private void sendChunk() throws IOException {
        int size = (int) Math.min(CHUNK, answer.length() - sent);
        ByteBuf chunk = channel.alloc().directBuffer(size, size);
        try {
            fill(chunk.internalNioBuffer(0, size));
            chunk.writerIndex(size);
        } catch (IOException | RuntimeException | Error e) {
            chunk.release();
            throw e;
        }
        sent += size;
        parts.counters().bytesSent.add(size);
        if (sent == answer.length()) {
            connection.sendLast(running, chunk, sent);
        } else {
            channel.writeAndFlush(chunk).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    private void fill(ByteBuffer target) throws IOException {
        int empty = 0;
        while (target.hasRemaining()) {
            int read = answer.body().read(target);
            if (read < 0 || (read == 0 && ++empty == MOST_EMPTY_READS)) {
                throw new EOFException(
                        "body ended after "
                                + (sent + target.position())
                                + " bytes (expected: "
                                + answer.length()
                                + ")");
            }
        }
    }
}
