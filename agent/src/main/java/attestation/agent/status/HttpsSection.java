// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import attestation.agent.https.HttpsServer;
import attestation.agent.https.Refusal;
import attestation.agent.https.ServerCounters;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** How the network side fares: where it listens, how much it serves, whom it refused and why. */
public final class HttpsSection implements SectionSource {
    private static final Duration RECENT = Duration.ofMinutes(10);
    private static final Set<Refusal.Kind> OURS =
            EnumSet.of(Refusal.Kind.TOO_MANY, Refusal.Kind.FAILED, Refusal.Kind.DEADLINE);

    /** Peers that were told apart and turned away, not noise such as port scans. */
    private static final Set<Refusal.Kind> PEERS =
            EnumSet.of(
                    Refusal.Kind.NO_CERTIFICATE,
                    Refusal.Kind.UNTRUSTED,
                    Refusal.Kind.EXPIRED,
                    Refusal.Kind.NOT_YET_VALID,
                    Refusal.Kind.WRONG_USAGE,
                    Refusal.Kind.CA_REMOVED,
                    Refusal.Kind.REFUSED_BY_CLIENT);

    private final HttpsServer server;
    private final Clock clock;

    public HttpsSection(HttpsServer server, Clock clock) {
        this.server = server;
        this.clock = clock;
    }

    @Override
    public Section section() {
        ServerCounters counters = server.counters();
        if (server.addresses().isEmpty()) {
            return section(
                    Health.FAILING,
                    "the network socket is not open",
                    "see the journal for why it was not opened",
                    counters);
        }
        for (Refusal.Kind kind : OURS) {
            Refusal refusal = counters.lastOfKind().get(kind);
            if (refusal != null && isRecent(refusal)) {
                return section(
                        Health.DEGRADED,
                        words(refusal),
                        "see the journal around " + refusal.at(),
                        counters);
            }
        }
        return section(Health.OK, "", "", counters);
    }

    private boolean isRecent(Refusal refusal) {
        return Duration.between(refusal.at(), clock.instant()).compareTo(RECENT) < 0;
    }

    private Section section(Health health, String reason, String next, ServerCounters c) {
        List<Section.Field> fields = new ArrayList<>();
        fields.add(new Section.Field("listening", "listening on", server.addresses()));
        fields.add(number("open_connections", "open connections", c.openConnections()));
        fields.add(number("connections_total", "connections", c.connections()));
        fields.add(number("handshakes_total", "TLS handshakes", c.handshakes()));
        fields.add(number("requests_total", "requests", c.requests()));
        fields.add(number("requests_in_flight", "in flight", c.requestsInFlight()));
        fields.add(number("requests_waiting", "waiting", c.requestsWaiting()));
        fields.add(number("received_bytes_total", "bytes received", c.bytesReceived()));
        fields.add(number("sent_bytes_total", "bytes sent", c.bytesSent()));
        fields.add(number("refusals_total", "refused", sum(c.refusals())));
        fields.add(new Section.Field("last_refusals", "last refusals", lines(c.lastRefusals())));
        refusedPeer(c.lastOfKind())
                .map(peer -> new Section.Field("last_refused_peer", "last refused peer", peer))
                .ifPresent(fields::add);
        return new Section("https", "Network", health, reason, next, fields);
    }

    private static Section.Field number(String key, String label, long value) {
        return new Section.Field(key, label, value);
    }

    private static long sum(Map<Refusal.Kind, Long> refusals) {
        return refusals.values().stream().mapToLong(Long::longValue).sum();
    }

    private static List<String> lines(List<Refusal> refusals) {
        List<String> lines = new ArrayList<>();
        for (Refusal refusal : refusals) {
            lines.add(refusal.at() + " " + refusal.peer() + " " + words(refusal));
        }
        return lines;
    }

    /** Without time and port, so that a peer that keeps trying is one event. */
    static Optional<String> refusedPeer(Map<Refusal.Kind, Refusal> lastOfKind) {
        return PEERS.stream()
                .map(lastOfKind::get)
                .filter(Objects::nonNull)
                .max(Comparator.comparing(Refusal::at))
                .map(last -> last.peer().replaceFirst(":\\d+$", "") + ": " + words(last));
    }

    private static String words(Refusal refusal) {
        String detail = refusal.detail().isEmpty() ? "" : ": " + refusal.detail();
        return refusal.kind().words() + detail;
    }
}
