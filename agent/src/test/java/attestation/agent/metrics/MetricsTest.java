// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.evidence.Agreement;
import attestation.agent.evidence.QuoteFigures;
import attestation.agent.https.Answer;
import attestation.agent.https.HttpsEvents;
import attestation.agent.https.Refusal;
import attestation.agent.https.ServerCounters;
import attestation.agent.status.Health;
import attestation.agent.status.Latencies;
import attestation.agent.status.Section;
import attestation.agent.status.StatusReport;
import attestation.ima.match.MismatchCause;
import attestation.tpm.TpmSnapshot;

import org.junit.jupiter.api.Test;

import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

class MetricsTest {
    private static final Latencies.Snapshot NONE = new Latencies().snapshot();

    private final StatusReport report =
            new StatusReport(
                    "1.2.3",
                    1,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    Health.FAILING,
                    "away",
                    "look",
                    List.of(
                            new Section("tpm", "TPM", Health.FAILING, "away", "look", List.of()),
                            new Section("list", "list", Health.OK, "", "", List.of())));

    private static QuoteFigures quotes(Latencies.Snapshot tpm) {
        return new QuoteFigures(
                7,
                2,
                1,
                NONE,
                tpm,
                NONE,
                1300,
                Agreement.DISAGREES,
                Optional.of(MismatchCause.NO_TPM_AT_BOOT));
    }

    private static TpmSnapshot tpm() {
        return new TpmSnapshot(
                true,
                "device:/dev/tpmrm0",
                Optional.empty(),
                Optional.empty(),
                3,
                4,
                64,
                new TpmSnapshot.Waits(0, 0, 0),
                new TreeMap<>(Map.of("TPM2_Quote", 9L)),
                Map.of("TPM2_Quote", Map.of("TPM_RC_LOCKOUT", 5L)),
                true,
                0,
                Optional.empty(),
                List.of(),
                "",
                "",
                "");
    }

    private static ServerCounters https() {
        return new ServerCounters(
                1,
                2,
                3,
                4,
                Map.of(200, 4L, 0, 1L),
                0,
                0,
                5,
                6,
                Map.of(Refusal.Kind.NO_CERTIFICATE, 8L),
                Map.of(),
                List.of());
    }

    private static Exporter exporter(Latencies.Snapshot tpmTook) {
        return new Exporter(
                new MetricsSources(
                        () -> quotes(tpmTook),
                        () -> NONE,
                        Optional::empty,
                        MetricsTest::tpm,
                        MetricsTest::https,
                        Optional::empty,
                        () -> Optional.of(Instant.ofEpochSecond(1_800_000_000)),
                        () -> Optional.of(false)));
    }

    private String page(String accept) {
        Answer.Whole answer = (Answer.Whole) exporter(NONE).answer(report, accept);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private void has(String line) {
        String page = page("");
        assertTrue(page.contains("\n" + line + "\n"), line + " in\n" + page);
    }

    @Test
    void page_verdictAndParts_areLevels() {
        has("attestation_agent_info{version=\"1.2.3\"} 1");
        has("attestation_agent_verdict 2.0");
        has("attestation_agent_section_health{section=\"tpm\"} 2.0");
        has("attestation_agent_section_health{section=\"list\"} 0.0");
    }

    @Test
    void page_quotes_byOutcomeAndAgreement() {
        has("attestation_agent_quotes_total{outcome=\"served\"} 7.0");
        has("attestation_agent_quotes_total{outcome=\"unavailable\"} 2.0");
        has("attestation_agent_quotes_total{outcome=\"bad_request\"} 1.0");
        has("attestation_agent_list_agreement{state=\"disagrees\"} 1.0");
        has("attestation_agent_list_agreement{state=\"agrees\"} 0.0");
        has("attestation_agent_list_matched_entries 1300.0");
    }

    @Test
    void page_tpmAndEndpoint_byCodeAndReason() {
        has("attestation_agent_tpm_commands_total{command=\"TPM2_Quote\"} 9.0");
        has(
                "attestation_agent_tpm_command_errors_total{code=\"TPM_RC_LOCKOUT\",command=\"TPM2_Quote\"} 5.0");
        has("attestation_agent_https_refusals_total{reason=\"no_certificate\"} 8.0");
        has("attestation_agent_https_requests_total{status=\"none\"} 1.0");
        has("attestation_agent_certificate_not_after_timestamp_seconds 1.8E9");
        has("attestation_agent_registered 0.0");
    }

    @Test
    void page_whatIsNotKnown_isLeftOut() {
        String page = page("");
        assertFalse(page.contains("attestation_agent_list_entries"), page);
        assertFalse(page.contains("last_pull_timestamp"), page);
    }

    @Test
    void page_latencies_areCumulativeBuckets() {
        Latencies took = new Latencies();
        took.add(Duration.ofMillis(1));
        took.add(Duration.ofMillis(3));
        took.add(Duration.ofSeconds(90));
        Answer.Whole answer = (Answer.Whole) exporter(took.snapshot()).answer(report, "");
        String page = new String(answer.body(), StandardCharsets.UTF_8);
        String name = "attestation_agent_quote_stage_duration_seconds_";
        assertTrue(page.contains(name + "bucket{stage=\"tpm\",le=\"0.001\"} 1\n"), page);
        assertTrue(page.contains(name + "bucket{stage=\"tpm\",le=\"0.0025\"} 1\n"), page);
        assertTrue(page.contains(name + "bucket{stage=\"tpm\",le=\"0.005\"} 2\n"), page);
        assertTrue(page.contains(name + "bucket{stage=\"tpm\",le=\"60.0\"} 2\n"), page);
        assertTrue(page.contains(name + "bucket{stage=\"tpm\",le=\"+Inf\"} 3\n"), page);
        assertTrue(page.contains(name + "sum{stage=\"tpm\"} 90.004\n"), page);
    }

    @Test
    void answer_format_isWhatTheClientAccepts() {
        Answer.Whole plain = (Answer.Whole) exporter(NONE).answer(report, "text/plain");
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8", plain.headers().get("content-type"));
        Answer.Whole open =
                (Answer.Whole) exporter(NONE).answer(report, "application/openmetrics-text");
        assertEquals(
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
                open.headers().get("content-type"));
        assertTrue(page("application/openmetrics-text").endsWith("# EOF\n"));
    }

    private static HttpResponse<String> ask(MetricsServer server, String method, String path)
            throws Exception {
        URI url = URI.create("http://" + server.addresses().getFirst() + path);
        var request =
                HttpRequest.newBuilder(url).method(method, HttpRequest.BodyPublishers.noBody());
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void server_servesThePageAndNothingElse() throws Exception {
        var server = new MetricsServer("127.0.0.1", 0, exporter(NONE), HttpsEvents.none());
        server.start(() -> report);
        try {
            var page = ask(server, "GET", "/metrics");
            assertEquals(200, page.statusCode());
            assertTrue(page.body().contains("attestation_agent_verdict 2.0"), page.body());
            assertEquals(404, ask(server, "GET", "/status").statusCode());
            assertEquals(405, ask(server, "POST", "/metrics").statusCode());
            assertEquals(Health.OK, server.section().health());
        } finally {
            server.stop();
        }
    }

    @Test
    void server_addressTaken_isSaidAndNothingEnds() throws Exception {
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var server =
                    new MetricsServer(
                            "127.0.0.1", taken.getLocalPort(), exporter(NONE), HttpsEvents.none());
            server.start(() -> report);
            assertEquals(Health.DEGRADED, server.section().health());
            assertTrue(
                    server.section().reason().contains(String.valueOf(taken.getLocalPort())),
                    server.section().reason());
            assertTrue(server.section().next().contains("metrics.port"), server.section().next());
            server.stop();
        }
    }
}
