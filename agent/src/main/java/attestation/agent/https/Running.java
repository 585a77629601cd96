// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One request with its handler, on a virtual thread of its own.
 *
 * <p>The thread is interrupted only while the handler has it. While a body is sent it is not: an
 * interrupt would close the file that other requests read from as well.
 */
final class Running implements Runnable {
    /** A whole body beyond this is sent in pieces like a streamed one. */
    private static final int MOST_AT_ONCE = 128 * 1024;

    private final ServerParts parts;
    private final Connection connection;
    private final Exchange exchange;
    private final boolean keepAlive;
    private @Nullable Thread thread;
    private boolean interruptible = true;
    private boolean abandoned;

    Running(ServerParts parts, Connection connection, Exchange exchange, boolean keepAlive) {
        this.parts = parts;
        this.connection = connection;
        this.exchange = exchange;
        this.keepAlive = keepAlive;
    }

    Exchange exchange() {
        return exchange;
    }

    boolean keepAlive() {
        return keepAlive;
    }

    boolean headOnly() {
        return exchange.method().equals("HEAD");
    }

    void start() {
        synchronized (this) {
            if (!abandoned) {
                thread = parts.requestThreads().newThread(this);
                thread.start();
                return;
            }
        }
        parts.inFlight().ended();
    }

    /** Nobody waits for the answer any more: the peer has gone, or the deadline has passed. */
    void abandon() {
        if (parts.inFlight().withdraw(this)) {
            return;
        }
        synchronized (this) {
            abandoned = true;
            if (interruptible && thread != null) {
                thread.interrupt();
            }
        }
    }

    private synchronized void leaveHandler() {
        interruptible = false;
        boolean cleared = Thread.interrupted();
        abandoned |= cleared;
    }

    @Override
    public void run() {
        try {
            Answer answer;
            try {
                answer = answer();
            } finally {
                parts.inFlight().ended();
            }
            deliver(answer);
        } catch (Throwable e) {
            // whatever it is, out of memory too: this connection ends, the server goes on
            failed(e);
            connection.abort(this);
        }
    }

    private Answer answer() {
        try {
            Answer answer = parts.handler().handle(exchange);
            AnswerHead.mustBeSendable(answer);
            return answer;
        } catch (InterruptedException e) {
            return parts.errors().error(500, "the request was interrupted");
        } catch (RuntimeException e) {
            failed(e);
            return parts.errors().error(500, "internal error; the agent's log has the cause");
        }
    }

    private void failed(Throwable cause) {
        parts.events().failed(exchange.shownTarget(), cause);
        parts.refuse(
                Refusal.Kind.FAILED,
                exchange.peer().address(),
                Untrusted.show(String.valueOf(cause), 200));
    }

    private void deliver(Answer answer) throws IOException, InterruptedException {
        switch (answer) {
            case Answer.Whole whole when whole.body().length <= MOST_AT_ONCE -> {
                leaveHandler();
                connection.answer(this, whole);
            }
            case Answer.Whole whole -> stream(inPieces(whole));
            case Answer.Streamed streamed -> stream(streamed);
        }
    }

    private static Answer.Streamed inPieces(Answer.Whole whole) {
        ByteBuffer rest = ByteBuffer.wrap(whole.body());
        Answer.Body body =
                new Answer.Body() {
                    @Override
                    public int read(ByteBuffer target) {
                        int bytes = Math.min(target.remaining(), rest.remaining());
                        target.put(rest.slice(rest.position(), bytes));
                        rest.position(rest.position() + bytes);
                        return bytes == 0 ? -1 : bytes;
                    }

                    @Override
                    public void close() {}
                };
        return new Answer.Streamed(whole.status(), whole.headers(), whole.body().length, body);
    }

    private void stream(Answer.Streamed answer) throws IOException, InterruptedException {
        Answer.Body body = answer.body();
        try (body) {
            long most = exchange.deadline().remaining().toNanos();
            boolean place = parts.streams().tryAcquire(most, TimeUnit.NANOSECONDS);
            leaveHandler();
            if (!place) {
                return; // the deadline's own timer has answered, or does so now
            }
            try {
                send(answer);
            } finally {
                parts.streams().release();
            }
        } catch (InterruptedException e) {
            leaveHandler(); // abandoned while it waited for its place: nobody is there to be told
        }
    }

    private void send(Answer.Streamed answer) throws IOException {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        connection.begin(this, answer, begun);
        if (begun.join() && !headOnly()) {
            new BodyPump(parts, connection, this, answer).run();
        }
    }
}
