// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Between TLS and HTTP: lets a connection begin only after one full handshake with a verified
 * client, and says why not otherwise. A second handshake (renegotiation) ends the connection.
 */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private final ServerParts parts;
    private final Connection connection;
    private final SslHandler handler;
    private final ClientTrust trust;
    private final Supplier<ClientTrust> current;
    private boolean done;

    /**
     * @param trust what this connection's handshake is verified by
     * @param current what counts by now, another one after a reload
     */
    HandshakeWatch(
            ServerParts parts,
            Connection connection,
            SslHandler handler,
            ClientTrust trust,
            Supplier<ClientTrust> current) {
        this.parts = parts;
        this.connection = connection;
        this.handler = handler;
        this.trust = trust;
        this.current = current;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            boolean verified = trust.forgetVerified(handler.engine());
            if (!handshake.isSuccess()) {
                refused(handshake.cause());
            } else if (done || !verified) {
                refuse(
                        Refusal.Kind.TLS_ERROR,
                        "resumed or repeated handshake (expected: a full one)");
            } else {
                succeeded();
            }
            done = true;
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void succeeded() {
        try {
            X509Certificate[] chain =
                    Arrays.stream(handler.engine().getSession().getPeerCertificates())
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
            handler.engine().getSession().invalidate();
            parts.counters().handshakes.increment();
            connection.secured(new Peer(connection.address(), Optional.of(chain[0])), chain);
            ClientTrust now = current.get();
            if (now != trust) {
                now.check(chain);
            }
        } catch (ClientRefused e) {
            refuse(e.kind(), String.valueOf(e.getMessage()));
        } catch (SSLPeerUnverifiedException e) {
            refuse(Refusal.Kind.NO_CERTIFICATE, "");
        }
    }

    private void refused(Throwable cause) {
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof ClientRefused refused) {
                refuse(refused.kind(), String.valueOf(refused.getMessage()));
                return;
            }
        }
        Refusal.Kind kind = kind(cause);
        boolean telling = kind == Refusal.Kind.TLS_ERROR || kind == Refusal.Kind.REFUSED_BY_CLIENT;
        refuse(kind, telling ? Untrusted.show(String.valueOf(cause.getMessage()), 160) : "");
    }

    private static Refusal.Kind kind(Throwable cause) {
        return switch (cause) {
            case SslHandshakeTimeoutException e -> Refusal.Kind.HANDSHAKE_TIMEOUT;
            case NotSslRecordException e -> Refusal.Kind.NOT_TLS;
            case ClosedChannelException e -> Refusal.Kind.CLOSED_EARLY;
            case SSLException e -> kindByText(e.getMessage());
            case IOException e -> Refusal.Kind.CLOSED_EARLY;
            default -> Refusal.Kind.TLS_ERROR;
        };
    }

    /** TLS libraries tell these apart in words only; another wording is still a TLS error. */
    private static Refusal.Kind kindByText(@Nullable String message) {
        String text = message == null ? "" : message.toLowerCase(Locale.ROOT).replace(' ', '_');
        if (text.contains("peer_did_not_return_a_certificate")
                || text.contains("empty_client_certificate_chain")) {
            return Refusal.Kind.NO_CERTIFICATE;
        }
        if (text.contains("alert")
                && (text.contains("unknown_ca") || text.contains("certificate"))) {
            return Refusal.Kind.REFUSED_BY_CLIENT;
        }
        if (text.contains("http_request")) {
            return Refusal.Kind.NOT_TLS;
        }
        return text.contains("closed") ? Refusal.Kind.CLOSED_EARLY : Refusal.Kind.TLS_ERROR;
    }

    private void refuse(Refusal.Kind kind, String detail) {
        parts.refuse(kind, connection.address(), detail);
        connection.close();
    }

    /** The handshake's own failure has been told; a later one ends the connection quietly. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        connection.close();
    }
}
