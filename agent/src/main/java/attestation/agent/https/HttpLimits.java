// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.time.Duration;

/**
 * What one client, or all of them, may cost.
 *
 * @param headBytes request line, and again all header fields
 * @param headTimeout from the first byte of a request to its last header line
 * @param bodyBytes of a request
 * @param bodyTimeout from the end of the head to the end of the body
 * @param idleTimeout how long a connection may stay without a request
 * @param handshakeTimeout of TLS
 * @param connections open at once; beyond, the longest idle one makes room
 * @param connectionsPerPeer of them from one address; beyond, its own longest idle one makes room
 * @param requestsInFlight handled at once; others wait
 * @param streams large bodies sent at once; others wait
 * @param answerTimeout from the end of a request to the beginning of its answer
 * @param progressTimeout within which a client must take another part of its answer
 */
public record HttpLimits(
        int headBytes,
        Duration headTimeout,
        int bodyBytes,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration handshakeTimeout,
        int connections,
        int connectionsPerPeer,
        int requestsInFlight,
        int streams,
        Duration answerTimeout,
        Duration progressTimeout) {

    private static final Duration MOST_SLACK = Duration.ofMillis(500);

    public HttpLimits {
        inRange("head bytes", headBytes, 256, 1 << 20);
        inRange("body bytes", bodyBytes, 0, 1 << 26);
        inRange("connections", connections, 1, 100_000);
        inRange("connections per peer", connectionsPerPeer, 1, 100_000);
        inRange("requests in flight", requestsInFlight, 1, 10_000);
        inRange("streams", streams, 1, 10_000);
        positive("head timeout", headTimeout);
        positive("body timeout", bodyTimeout);
        positive("idle timeout", idleTimeout);
        positive("handshake timeout", handshakeTimeout);
        positive("answer timeout", answerTimeout);
        positive("progress timeout", progressTimeout);
    }

    /**
     * What a handler gets of {@link #answerTimeout}: a little less, so that its own words about why
     * it took too long leave before the server's, which knows nothing.
     */
    Duration handlerTimeout() {
        Duration tenth = answerTimeout.dividedBy(10);
        return answerTimeout.minus(tenth.compareTo(MOST_SLACK) < 0 ? tenth : MOST_SLACK);
    }

    private static void inRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + value.toMillis() + " ms (expected: 1 ms..1 day)");
        }
    }

    /**
     * What fits a verifier that polls, in a heap of 32 MB. Times are long enough for a host that is
     * busy with other things: what is idle or not yet authenticated makes room when it must.
     */
    public static HttpLimits defaults() {
        return new HttpLimits(
                16 * 1024,
                Duration.ofSeconds(10),
                2 * 1024 * 1024,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(20),
                512,
                256,
                64,
                32,
                Duration.ofSeconds(50),
                Duration.ofSeconds(30));
    }
}
