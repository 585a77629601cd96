// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.time.Instant;

/**
 * A connection or request that the server did not serve.
 *
 * @param kind the cause, countable
 * @param peer address of the other end
 * @param detail for people, safe to show; empty when the kind says it all
 * @param at when
 */
public record Refusal(Kind kind, String peer, String detail, Instant at) {

    /** Why. */
    public enum Kind {
        /** The client sent no certificate. */
        NO_CERTIFICATE("client sent no certificate"),
        /** Its certificate does not chain to a configured CA. */
        UNTRUSTED("client certificate is not from a trusted CA"),
        /** It, or a CA above it, is past its end. */
        EXPIRED("client certificate has expired"),
        /** It is not valid yet: issued in the future, or a clock is wrong. */
        NOT_YET_VALID("client certificate is not valid yet"),
        /** Its extended or plain key usage does not allow TLS clients. */
        WRONG_USAGE("client certificate is not for TLS clients"),
        /** The CA of an open connection's client was removed by a reload. */
        CA_REMOVED("client's CA is no longer trusted"),
        /** The client did not accept the server's certificate. */
        REFUSED_BY_CLIENT("client refused the server's certificate"),
        /** Another protocol than TLS, for example plain HTTP. */
        NOT_TLS("client does not speak TLS"),
        /** No common version or cipher, or a broken handshake. */
        TLS_ERROR("handshake failed"),
        /** The handshake took longer than allowed. */
        HANDSHAKE_TIMEOUT("handshake took too long"),
        /** Gone before the handshake was done, as port scanners and health checks do. */
        CLOSED_EARLY("client left before the handshake was done"),
        /** More connections than allowed and none of them idle. */
        TOO_MANY("too many connections"),
        /** An idle or unauthenticated connection that made room for a new one. */
        EVICTED("idle connection closed to make room"),
        /** A request that is not HTTP/1.1, or beyond a limit. */
        BAD_REQUEST("bad request"),
        /** A request head or body that did not come in time. */
        REQUEST_TIMEOUT("request took too long to arrive"),
        /** An answer that the client did not read in time. */
        SLOW_READER("client reads too slowly"),
        /** No answer before the deadline. */
        DEADLINE("no answer before the deadline"),
        /** The handler failed, or a body ended before its announced length. */
        FAILED("answer failed");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For people, constant. */
        public String words() {
            return words;
        }
    }
}
