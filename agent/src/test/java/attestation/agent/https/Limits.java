// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.time.Duration;
import java.util.function.Consumer;

/** Limits for tests: the defaults but for what a test is about. */
final class Limits {
    int headBytes = 4096;
    int headMillis = 20_000;
    int bodyBytes = 64 * 1024;
    int bodyMillis = 20_000;
    int idleMillis = 20_000;
    int handshakeMillis = 20_000;
    int connections = 512;
    int connectionsPerPeer = 512;
    int inFlight = 64;
    int streams = 32;
    int answerMillis = 20_000;
    int progressMillis = 20_000;

    static HttpLimits with(Consumer<Limits> change) {
        Limits l = new Limits();
        change.accept(l);
        return new HttpLimits(
                l.headBytes,
                Duration.ofMillis(l.headMillis),
                l.bodyBytes,
                Duration.ofMillis(l.bodyMillis),
                Duration.ofMillis(l.idleMillis),
                Duration.ofMillis(l.handshakeMillis),
                l.connections,
                l.connectionsPerPeer,
                l.inFlight,
                l.streams,
                Duration.ofMillis(l.answerMillis),
                Duration.ofMillis(l.progressMillis));
    }
}
