// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.LogLines;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

class HttpsLogTest {
    private final AtomicLong nanos = new AtomicLong();
    private final LogLines captured = LogLines.of(HttpsLogTest.class.getName());
    private final List<String> lines = captured.lines();
    private final HttpsLog log =
            new HttpsLog(LoggerFactory.getLogger(HttpsLogTest.class), "agent=a1 ", nanos::get);

    @AfterEach
    void leave() {
        captured.close();
    }

    private static Refusal refusal(Refusal.Kind kind) {
        return new Refusal(kind, "192.0.2.7:9", "CN=x \"y\"", Instant.EPOCH);
    }

    @Test
    void refused_once_isOneLineWithPeerAndReason() {
        log.refused(refusal(Refusal.Kind.EXPIRED));
        assertEquals(
                List.of(
                        "WARNING connection refused agent=a1 peer=192.0.2.7:9 reason=\"client certificate"
                                + " has expired\" detail=\"CN=x 'y'\""),
                lines);
    }

    @Test
    void refused_flood_isTenLinesAMinuteForEachKindAndHost() {
        for (int i = 0; i < 1000; i++) {
            log.refused(refusal(Refusal.Kind.NO_CERTIFICATE));
        }
        assertEquals(10, lines.size());
        log.refused(refusal(Refusal.Kind.EXPIRED));
        log.refused(new Refusal(Refusal.Kind.NO_CERTIFICATE, "192.0.2.8:9", "", Instant.EPOCH));
        assertEquals(12, lines.size());
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        log.refused(refusal(Refusal.Kind.NO_CERTIFICATE));
        assertTrue(lines.get(12).endsWith(" more_like_it=990"), lines.get(12));
    }

    @Test
    void served_floodOfFailures_isTenLinesAMinuteAndServedOnesNone() {
        Peer peer = new Peer("192.0.2.7:9", Optional.empty());
        for (int i = 0; i < 1000; i++) {
            log.served(peer, "GET /x", 500, 7, Duration.ofMillis(3), Duration.ZERO);
            log.served(peer, "GET /x", 200, 7, Duration.ofMillis(3), Duration.ZERO);
        }
        assertEquals(10, lines.size());
        assertEquals(
                "WARNING request failed agent=a1 peer=192.0.2.7:9 target=\"GET /x\" status=500"
                        + " bytes=7 total_ms=3",
                lines.get(0));
    }

    @Test
    void failed_flood_isTenTraces() {
        for (int i = 0; i < 1000; i++) {
            log.failed("GET /x", new IllegalStateException("bug"));
        }
        assertEquals(10, lines.size());
    }
}
