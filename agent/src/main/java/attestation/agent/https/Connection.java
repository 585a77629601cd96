// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import attestation.agent.host.Deadline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

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
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final ServerParts parts;
    private final Channel channel;
    private final Flow flow;
    private final Deque<Arrived> queue = new ArrayDeque<>(2);
    private @Nullable Arriving arriving;
    private @Nullable Running running;
    private @Nullable Answering answering;
    private @Nullable Future<?> inputTimer;
    private boolean headBegan;
    private boolean discarding;
    private boolean stopping;
    private boolean closed;
    private volatile @Nullable Peer peer;
    private volatile X509Certificate @Nullable [] chain;
    private volatile boolean working;
    private volatile long quietSinceNanos;

    Connection(ServerParts parts, Channel channel) {
        this.parts = parts;
        this.channel = channel;
        this.flow = new Flow(channel);
        this.quietSinceNanos = parts.nanoClock().getAsLong();
    }

    /** The peer is known and trusted: from here on requests are read. */
    void secured(Peer known, X509Certificate @Nullable [] verified) {
        this.chain = verified;
        this.peer = known;
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

    void bytesCame(int bytes) {
        parts.counters().bytesReceived.add(bytes);
        if (!headBegan && arriving == null && !discarding && !closed && peer != null) {
            headBegan = true;
            inputTimer(parts.limits().headTimeout(), () -> late("head"));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (!discarding && !closed && peer != null) {
                take((HttpObject) message);
            }
        } catch (BadRequest e) {
            refuse(Refusal.Kind.BAD_REQUEST, e);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void take(HttpObject message) throws BadRequest {
        if (message.decoderResult().isFailure()) {
            String cause = String.valueOf(message.decoderResult().cause().getMessage());
            throw new BadRequest("request cannot be read: " + Untrusted.show(cause, 120));
        }
        if (message instanceof HttpRequest request) {
            begin(RequestHead.of(request, parts.limits().bodyBytes()));
        }
        Arriving current = arriving;
        if (message instanceof HttpContent content && current != null) {
            current.add(content.content());
            if (content instanceof LastHttpContent) {
                complete(current);
            }
        }
    }

    private void begin(RequestHead head) {
        arriving = new Arriving(head, parts.limits().bodyBytes());
        working = true;
        inputTimer(parts.limits().bodyTimeout(), () -> late("body"));
        if (head.expectsContinue() && running == null && queue.isEmpty()) {
            byte[] text = AnswerHead.CONTINUE.getBytes(StandardCharsets.US_ASCII);
            channel.writeAndFlush(Unpooled.wrappedBuffer(text))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    private void complete(Arriving current) {
        arriving = null;
        headBegan = false;
        noInputTimer();
        queue.add(current.complete());
        if (queue.size() > MOST_AHEAD) {
            channel.config().setAutoRead(false);
        }
        startNext();
    }

    private void late(String part) {
        String text = part + ": did not arrive in time; send the request again";
        refuse(Refusal.Kind.REQUEST_TIMEOUT, new BadRequest(408, text));
    }

    private void refuse(Refusal.Kind kind, BadRequest refusal) {
        parts.refuse(kind, address(), String.valueOf(refusal.getMessage()));
        noInputTimer();
        arriving = null;
        discarding = true;
        queue.add(Arrived.refused(refusal));
        startNext();
    }

    // ---- one request after the other

    private void startNext() {
        if (running != null || answering != null || closed) {
            return;
        }
        Arrived next = stopping && arriving == null ? null : queue.poll();
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
        if (stopping && arriving == null) {
            close();
            return;
        }
        working = arriving != null;
        quietSinceNanos = parts.nanoClock().getAsLong();
        if (!headBegan && arriving == null) {
            inputTimer(parts.limits().idleTimeout(), this::close);
        }
    }

    // ---- answers; from the request's thread

    /** Any thread: sends the answer unless nobody waits for it any more. */
    void answer(Running from, Answer.Whole answer) {
        onLoop(from, current -> current.whole(answer, keepAlive(from)));
    }

    /** Any thread: sends the head of a streamed answer; completes {@code begun} with whether. */
    void begin(Running from, Answer.Streamed answer, CompletableFuture<Boolean> begun) {
        try {
            channel.eventLoop()
                    .execute(
                            () -> {
                                Answering current = answering;
                                if (running != from || current == null || closed) {
                                    begun.complete(false);
                                } else {
                                    current.head(answer, keepAlive(from));
                                    begun.complete(true);
                                }
                            });
        } catch (java.util.concurrent.RejectedExecutionException e) {
            begun.complete(false); // the loop has ended, and all connections with it
        }
    }

    /** Any thread: the last piece of a streamed answer; takes over the buffer. */
    void sendLast(Running from, ByteBuf piece, long sent) {
        try {
            channel.eventLoop().execute(() -> sendLastOnLoop(from, piece, sent));
        } catch (java.util.concurrent.RejectedExecutionException e) {
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
        try {
            channel.eventLoop()
                    .execute(
                            () -> {
                                Answering current = answering;
                                if (running == from && current != null) {
                                    action.accept(current);
                                }
                            });
        } catch (java.util.concurrent.RejectedExecutionException e) {
            flow.changed(); // the loop has ended, and all connections with it
        }
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
        } else if (discarding) {
            linger();
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

    /** Takes what the client still sends, so that it can read the refusal before a reset. */
    private void linger() {
        working = false;
        channel.config().setAutoRead(true);
        inputTimer(LINGER, this::close);
    }

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
                    if (running == null && answering == null && arriving == null) {
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
        try {
            channel.eventLoop().execute(action);
        } catch (java.util.concurrent.RejectedExecutionException e) {
            flow.changed(); // the loop has ended, and all connections with it
        }
    }

    /** Any thread. */
    boolean evictable() {
        return !working;
    }

    /** Any thread: whether this one should make room rather than the other. */
    boolean evictBefore(Connection other) {
        boolean unknown = peer == null;
        boolean otherUnknown = other.peer == null;
        return unknown == otherUnknown ? quietSinceNanos - other.quietSinceNanos < 0 : unknown;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        flow.changed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        noInputTimer();
        queue.clear();
        arriving = null;
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

    // ---- timers

    private void inputTimer(Duration after, Runnable action) {
        noInputTimer();
        inputTimer = channel.eventLoop().schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void noInputTimer() {
        if (inputTimer != null) {
            inputTimer.cancel(false);
            inputTimer = null;
        }
    }

    static String targetOf(Exchange exchange) {
        return Untrusted.show(exchange.method(), 20) + " " + Untrusted.show(exchange.path(), 200);
    }
}
