// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The answer to one request on its way out: deadline, head, progress, report. Event loop only. */
final class Answering {
    private final ServerParts parts;
    private final Connection connection;
    private final Channel channel;
    private final Peer peer;
    private final @Nullable Running running;
    private final long startNanos;
    private long begunNanos;
    private @Nullable Future<?> timer;
    private int status;
    private boolean keepAlive;
    private boolean begun;
    private boolean reported;

    private Answering(
            ServerParts parts, Connection connection, Peer peer, @Nullable Running running) {
        this.parts = parts;
        this.connection = connection;
        this.channel = connection.channel();
        this.peer = peer;
        this.running = running;
        this.startNanos = parts.nanoClock().getAsLong();
    }

    static Answering of(ServerParts parts, Connection connection, Running running) {
        Answering answering = new Answering(parts, connection, running.exchange().peer(), running);
        answering.timer(parts.limits().answerTimeout(), answering::deadlinePassed);
        return answering;
    }

    static Answering refusal(ServerParts parts, Connection connection, Peer peer) {
        return new Answering(parts, connection, peer, null);
    }

    private boolean headOnly() {
        return running != null && running.headOnly();
    }

    /** A small answer, head and body in one write. */
    void whole(Answer.Whole answer, boolean keep) {
        if (begun) {
            return;
        }
        begin(answer, keep);
        byte[] body = headOnly() || !AnswerHead.hasBody(status) ? new byte[0] : answer.body();
        ByteBuf out = channel.alloc().directBuffer(AnswerHead.mostBytes(answer) + body.length);
        AnswerHead.write(out, answer, answer.body().length, keepAlive, parts.date().now());
        out.writeBytes(body);
        parts.counters().bytesSent.add(out.readableBytes());
        last(channel.writeAndFlush(out), body.length);
    }

    /** The head of a streamed answer; it leaves with the first piece of the body. */
    void head(Answer.Streamed answer, boolean keep) {
        if (begun) {
            return;
        }
        begin(answer, keep);
        ByteBuf out = channel.alloc().directBuffer(AnswerHead.mostBytes(answer));
        AnswerHead.write(out, answer, answer.length(), keepAlive, parts.date().now());
        parts.counters().bytesSent.add(out.readableBytes());
        if (headOnly()) {
            last(channel.writeAndFlush(out), 0);
        } else {
            channel.write(out).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    private void begin(Answer answer, boolean keep) {
        begun = true;
        begunNanos = parts.nanoClock().getAsLong();
        keepAlive = keep;
        status = answer.status();
        noTimer();
    }

    /** The last byte has been handed over; the next request begins when it has really left. */
    void last(ChannelFuture written, long bodyBytes) {
        if (!written.isDone()) {
            timer(parts.limits().progressTimeout(), () -> stalled(bodyBytes));
        }
        written.addListener(done -> left(done.isSuccess(), bodyBytes));
    }

    private void left(boolean success, long bodyBytes) {
        noTimer();
        report(bodyBytes);
        connection.answered(success && keepAlive);
    }

    void stalled(long sent) {
        parts.refuse(
                Refusal.Kind.SLOW_READER,
                peer.address(),
                "after "
                        + sent
                        + " bytes (expected: progress within "
                        + parts.limits().progressTimeout().toMillis()
                        + " ms)");
        report(sent);
        connection.close();
    }

    private void deadlinePassed() {
        if (begun || running == null) {
            return;
        }
        String text = "no answer within " + parts.limits().answerTimeout().toMillis() + " ms";
        parts.refuse(
                Refusal.Kind.DEADLINE,
                peer.address(),
                text + " to " + running.exchange().shownTarget());
        boolean keep = running.keepAlive();
        connection.abandonRunning();
        whole(parts.errors().error(500, text + "; ask again"), keep);
    }

    /** The peer has gone before the answer had. */
    void gone() {
        noTimer();
        report(0);
    }

    private void report(long bodyBytes) {
        if (reported) {
            return;
        }
        reported = true;
        parts.counters().answered(status);
        long now = parts.nanoClock().getAsLong();
        Duration time = Duration.ofNanos(now - startNanos);
        Duration sending = begun ? Duration.ofNanos(now - begunNanos) : Duration.ZERO;
        String target = running == null ? "?" : running.exchange().shownTarget();
        parts.events().served(peer, target, status, bodyBytes, time, sending);
    }

    private void timer(Duration after, Runnable action) {
        noTimer();
        timer = channel.eventLoop().schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void noTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
