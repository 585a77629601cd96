// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import static attestation.agent.metrics.Families.PREFIX;

import attestation.agent.https.Refusal;
import attestation.agent.https.ServerCounters;

import io.prometheus.metrics.model.snapshots.Labels;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The endpoint of the verifiers, its certificate, and the registrar. */
record NetworkFamilies(
        ServerCounters https, Optional<Instant> certificateEnd, Optional<Boolean> registered) {

    void addTo(Families out) {
        certificateAndRegistrar(out);
        connections(out);
        out.counters(
                PREFIX + "https_requests",
                "Requests by HTTP status; none where the peer was gone before an answer.",
                new TreeMap<>(https.answers()),
                status -> Labels.of("status", status == 0 ? "none" : status.toString()));
        Map<Refusal.Kind, Long> refusals = new LinkedHashMap<>();
        for (Refusal.Kind kind : Refusal.Kind.values()) {
            refusals.put(kind, https.refusals().getOrDefault(kind, 0L));
        }
        out.counters(
                PREFIX + "https_refusals",
                "Connections and requests that were not served, by cause.",
                refusals,
                kind -> Labels.of("reason", kind.name().toLowerCase(Locale.ROOT)));
        out.counter(
                PREFIX + "https_received_bytes",
                "Bytes of requests, decrypted.",
                https.bytesReceived());
        out.counter(
                PREFIX + "https_sent_bytes",
                "Bytes of answers, before encryption.",
                https.bytesSent());
    }

    private void certificateAndRegistrar(Families out) {
        out.moment(
                PREFIX + "certificate_not_after_timestamp_seconds",
                "When the certificate that verifiers pin ends.",
                certificateEnd);
        registered.ifPresent(
                is ->
                        out.gauge(
                                PREFIX + "registered",
                                "Whether the registrar knows this host; missing without a registrar.",
                                is));
    }

    private void connections(Families out) {
        out.gauge(
                PREFIX + "https_open_connections",
                "Connections that are open now.",
                https.openConnections());
        out.counter(PREFIX + "https_connections", "Connections accepted.", https.connections());
        out.counter(
                PREFIX + "https_handshakes", "TLS handshakes that succeeded.", https.handshakes());
        out.gauge(
                PREFIX + "https_requests_in_flight",
                "Requests that are being answered now.",
                https.requestsInFlight());
        out.gauge(
                PREFIX + "https_requests_waiting",
                "Requests that wait for a place among those.",
                https.requestsWaiting());
    }
}
