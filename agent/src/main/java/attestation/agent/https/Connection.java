// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import attestation.agent.host.Deadline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One HTTP/1.1 connection. All state belongs to its event loop; methods that may be called from
 * elsewhere say so.
 *
 * <pre>
 * handshake ─► idle ─► head ─► body ─► queued ─► running ─► answered ─► idle
 *                 └──────┴───────┴─ broken or late ─► refusal answered ─► lingering ─► closed
 * </pre>
 *
 * Requests are answered in the order they came, one at a time; those that a client sends ahead wait
 * here, and beyond a few of them nothing more is read.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    private static final int MOST_AHEAD = 8;

    private final ServerParts parts;
    private final Channel channel;
    private final Flow flow;
    private final Loop loop;
    private final Intake intake;
    private final Deque<Arrived> queue = new ArrayDeque<>(2);
    private @Nullable Running running;
    private @Nullable Answering answering;
    private boolean stopping;
    private boolean closed;
    private volatile @Nullable Peer peer;
    private volatile X509Certificate @Nullable [] chain;
    private volatile Standing standing = Standing.SILENT;
    private volatile boolean working;
    private volatile long quietSinceNanos;

    Connection(ServerParts parts, Channel channel) {
        this.parts = parts;
        this.channel = channel;
        this.flow = new Flow(channel);
        this.loop = new Loop(channel);
        this.intake = new Intake(parts, channel, this);
        this.quietSinceNanos = parts.nanoClock().getAsLong();
    }

    /** The peer is known and trusted: from here on requests are read. */
    void secured(Peer known, X509Certificate @Nullable [] verified) {
        this.chain = verified;
        this.peer = known;
        this.standing = Standing.PEER;
        becomeQuiet();
    }

    /** Any thread: the verified chain of the client, null where there is none. */
    X509Certificate @Nullable [] chain() {
        return chain;
    }

    /** Any thread. */
    Channel channel() {
        return channel;
    }

    /** Any thread. */
    Flow flow() {
        return flow;
    }

    /** Any thread: whether the other one comes from the same host. */
    boolean samePeer(Connection other) {
        return Addresses.sameHost(channel.remoteAddress(), other.channel.remoteAddress());
    }

    /** Any thread. */
    String address() {
        Peer known = peer;
        return known == null ? Addresses.text(channel.remoteAddress()) : known.address();
    }

    // ---- input

    /** The client has come so far in its handshake. */
    void came(Standing reached) {
        standing = reached;
    }

    void bytesCame(int bytes) {
        parts.counters().bytesReceived.add(bytes);
        if (!closed && peer != null) {
            intake.bytesCame();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (!closed && peer != null) {
                intake.take((HttpObject) message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** The head is known, the body may still come. */
    void requestBegan(RequestHead head) {
        working = true;
        if (head.expectsContinue() && running == null && queue.isEmpty()) {
            byte[] text = AnswerHead.CONTINUE.getBytes(StandardCharsets.US_ASCII);
            channel.writeAndFlush(Unpooled.wrappedBuffer(text))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    /** All of a request, or why there is none, waits for its turn. */
    void arrived(Arrived next) {
        queue.add(next);
        if (queue.size() > MOST_AHEAD) {
            channel.config().setAutoRead(false);
        }
        startNext();
    }

    // ---- one request after the other

    private void startNext() {
        if (running != null || answering != null || closed) {
            return;
        }
        Arrived next = stopping && !intake.isArriving() ? null : queue.poll();
        if (next == null) {
            becomeQuiet();
            return;
        }
        working = true;
        if (queue.size() < MOST_AHEAD) {
            channel.config().setAutoRead(true);
        }
        BadRequest refusal = next.refusal();
        RequestHead head = next.head();
        if (refusal != null) {
            answerRefusal(refusal);
        } else if (head != null) {
            run(head, next.body());
        }
    }

    private void answerRefusal(BadRequest refusal) {
        Answer.Whole answer =
                parts.errors().error(refusal.status(), String.valueOf(refusal.getMessage()));
        Answering now = Answering.refusal(parts, this, currentPeer());
        answering = now;
        now.whole(answer, false);
    }

    private void run(RequestHead head, byte[] body) {
        Exchange exchange =
                new Exchange(
                        head.method(),
                        head.target().path(),
                        head.target().query(),
                        head.headers(),
                        body,
                        currentPeer(),
                        Deadline.after(parts.limits().handlerTimeout(), parts.nanoClock()));
        Running now = new Running(parts, this, exchange, head.keepAlive());
        running = now;
        answering = Answering.of(parts, this, now);
        parts.inFlight().submit(now);
    }

    private Peer currentPeer() {
        Peer known = peer;
        return known == null ? new Peer(address(), Optional.empty()) : known;
    }

    private void becomeQuiet() {
        if (stopping && !intake.isArriving()) {
            close();
            return;
        }
        working = intake.isArriving();
        quietSinceNanos = parts.nanoClock().getAsLong();
        intake.waitForNext();
    }

    // ---- answers; from the request's thread

    /** Any thread: sends the answer unless nobody waits for it any more. */
    void answer(Running from, Answer.Whole answer) {
        onLoop(from, current -> current.whole(answer, keepAlive(from)));
    }

    /** Any thread: sends the head of a streamed answer; completes {@code begun} with whether. */
    void begin(Running from, Answer.Streamed answer, CompletableFuture<Boolean> begun) {
        if (!loop.run(() -> begun.complete(beginOnLoop(from, answer)))) {
            begun.complete(false);
        }
    }

    private boolean beginOnLoop(Running from, Answer.Streamed answer) {
        Answering current = answering;
        if (running != from || current == null || closed) {
            return false;
        }
        current.head(answer, keepAlive(from));
        return true;
    }

    /** Any thread: the last piece of a streamed answer; takes over the buffer. */
    void sendLast(Running from, ByteBuf piece, long sent) {
        if (!loop.run(() -> sendLastOnLoop(from, piece, sent))) {
            piece.release();
        }
    }

    private void sendLastOnLoop(Running from, ByteBuf piece, long sent) {
        Answering current = answering;
        if (running == from && current != null) {
            current.last(channel.writeAndFlush(piece), sent);
        } else {
            piece.release();
        }
    }

    /** Any thread: a streamed answer without a body has been sent. */
    void ended(Running from, long sent) {
        onLoop(from, current -> current.last(channel.writeAndFlush(Unpooled.EMPTY_BUFFER), sent));
    }

    /** Any thread: the peer took nothing for too long. */
    void stalled(Running from, long sent) {
        onLoop(from, current -> current.stalled(sent));
    }

    /** Any thread: the answer cannot be completed, so the connection must not go on. */
    void abort(Running from) {
        onLoop(from, current -> close());
    }

    private void onLoop(Running from, java.util.function.Consumer<Answering> action) {
        inLoop(
                () -> {
                    Answering current = answering;
                    if (running == from && current != null) {
                        action.accept(current);
                    }
                });
    }

    private boolean keepAlive(Running from) {
        return from.keepAlive() && !stopping;
    }

    /** The answer has left; the next request may begin, or the connection ends. */
    void answered(boolean keepAlive) {
        running = null;
        answering = null;
        if (keepAlive) {
            startNext();
        } else if (intake.isDiscarding()) {
            working = false;
            intake.linger();
        } else {
            close();
        }
    }

    /** Nobody waits for the running request's handler any more. */
    void abandonRunning() {
        if (running != null) {
            running.abandon();
            running = null;
        }
    }

    // ---- the end

    void close() {
        if (!closed) {
            closed = true;
            channel.close().addListener(done -> flow.changed());
        }
    }

    /** Any thread: finishes what is in flight, then closes; at once when there is nothing. */
    void stop() {
        inLoop(
                () -> {
                    stopping = true;
                    if (running == null && answering == null && !intake.isArriving()) {
                        close();
                    }
                });
    }

    /** Any thread: makes room for another connection. */
    void evict() {
        parts.refuse(Refusal.Kind.EVICTED, address(), "");
        inLoop(this::close);
    }

    /** Any thread: the client is no longer trusted. */
    void distrust(String reason) {
        parts.refuse(Refusal.Kind.CA_REMOVED, address(), reason);
        inLoop(this::close);
    }

    /** Any thread. */
    void closeNow() {
        inLoop(this::close);
    }

    private void inLoop(Runnable action) {
        if (!loop.run(action)) {
            flow.changed();
        }
    }

    /** Any thread. */
    boolean evictable() {
        return !working;
    }

    /** Any thread: whether this one should make room rather than the other. */
    boolean evictBefore(Connection other) {
        int difference = standing.compareTo(other.standing);
        return difference == 0 ? quietSinceNanos - other.quietSinceNanos < 0 : difference < 0;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        flow.changed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        intake.end();
        queue.clear();
        Answering current = answering;
        if (current != null) {
            answering = null;
            current.gone();
        }
        abandonRunning();
        parts.admission().gone(this);
        flow.changed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof java.io.IOException)
                && !(cause.getCause() instanceof java.io.IOException)) {
            parts.events().failed(address(), cause);
        }
        close();
    }
}
