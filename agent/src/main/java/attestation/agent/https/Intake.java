// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * What comes from the client of a connection: makes requests of it, and refuses what is broken or
 * late, after which nothing is taken any more. For the connection's event loop only.
 */
final class Intake {
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final ServerParts parts;
    private final Channel channel;
    private final Connection connection;
    private final InputTimer timer;
    private @Nullable Arriving arriving;
    private boolean headBegan;
    private boolean discarding;

    /**
     * @param connection is given requests and refusals when they are complete
     */
    Intake(ServerParts parts, Channel channel, Connection connection) {
        this.parts = parts;
        this.channel = channel;
        this.connection = connection;
        this.timer = new InputTimer(channel);
    }

    /** A request's head is complete and its body is not. */
    boolean isArriving() {
        return arriving != null;
    }

    /** Something was refused: the connection ends with that. */
    boolean isDiscarding() {
        return discarding;
    }

    void bytesCame() {
        if (!headBegan && arriving == null && !discarding) {
            headBegan = true;
            timer.set(parts.limits().headTimeout(), () -> late("head"));
        }
    }

    void take(HttpObject message) {
        if (discarding) {
            return;
        }
        try {
            takePart(message);
        } catch (BadRequest e) {
            refuse(Refusal.Kind.BAD_REQUEST, e);
        }
    }

    private void takePart(HttpObject message) throws BadRequest {
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
        timer.set(parts.limits().bodyTimeout(), () -> late("body"));
        connection.requestBegan(head);
    }

    private void complete(Arriving current) {
        arriving = null;
        headBegan = false;
        timer.cancel();
        connection.arrived(current.complete());
    }

    private void late(String part) {
        String text = part + ": did not arrive in time; send the request again";
        refuse(Refusal.Kind.REQUEST_TIMEOUT, new BadRequest(408, text));
    }

    private void refuse(Refusal.Kind kind, BadRequest refusal) {
        parts.refuse(kind, connection.address(), String.valueOf(refusal.getMessage()));
        discarding = true;
        end();
        connection.arrived(Arrived.refused(refusal));
    }

    /** Nothing else is going on: the client may take its time with the next request, up to this. */
    void waitForNext() {
        if (!headBegan && arriving == null) {
            timer.set(parts.limits().idleTimeout(), connection::close);
        }
    }

    /** Takes what the client still sends, so that it can read the refusal before a reset. */
    void linger() {
        channel.config().setAutoRead(true);
        timer.set(LINGER, connection::close);
    }

    void end() {
        timer.cancel();
        arriving = null;
    }
}
