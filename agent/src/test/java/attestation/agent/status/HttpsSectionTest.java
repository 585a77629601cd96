// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import attestation.agent.https.Answer;
import attestation.agent.https.ErrorAnswers;
import attestation.agent.https.HttpLimits;
import attestation.agent.https.HttpsEvents;
import attestation.agent.https.HttpsServer;
import attestation.agent.https.HttpsSettings;
import attestation.agent.https.Refusal;
import attestation.agent.https.TlsProvider;
import attestation.fixtures.Await;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class HttpsSectionTest {
    private static final ErrorAnswers ERRORS =
            (status, reason) -> new Answer.Whole(status, Map.of(), new byte[0]);

    @Test
    void section_beforeDuringAndAfterAFailure_tellsTheTruth() throws Exception {
        HttpsServer server = new HttpsServer(ERRORS);
        HttpsSection section = new HttpsSection(server, Clock.systemUTC());
        assertEquals(Health.FAILING, section.section().health());
        HttpsSettings settings =
                new HttpsSettings(
                        List.of("127.0.0.1"), 0, false, TlsProvider.AUTO, 1, HttpLimits.defaults());
        int port =
                server.start(
                        settings,
                        Optional.empty(),
                        e -> {
                            if (e.path().equals("/bug")) {
                                throw new IllegalStateException("bug");
                            }
                            return new Answer.Whole(200, Map.of(), new byte[1]);
                        },
                        HttpsEvents.none());
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertEquals(200, get(client, port, "/"));
            assertEquals(Health.OK, section.section().health());
            assertEquals(List.of("127.0.0.1:" + port), field(section, "listening"));
            // Counted when the answer has left, which its client may see first.
            Await.until("counted", () -> field(section, "requests_total").equals(1L));
            assertEquals(500, get(client, port, "/bug"));
            assertEquals(Health.DEGRADED, section.section().health());
            assertEquals(1L, field(section, "refusals_total"));
            Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
            assertEquals(Health.OK, new HttpsSection(server, later).section().health());
        } finally {
            server.stop(Duration.ZERO);
        }
        assertEquals(Health.FAILING, section.section().health());
    }

    @Test
    void refusedPeer_isTheNewestThatWasToldApart_withoutItsPort() {
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");
        Refusal older = new Refusal(Refusal.Kind.EXPIRED, "192.0.2.1:40312", "", noon);
        Refusal newer =
                new Refusal(
                        Refusal.Kind.UNTRUSTED,
                        "[2001:db8::7]:40312",
                        "issued by CN=other",
                        noon.plusSeconds(1));
        Refusal scan =
                new Refusal(Refusal.Kind.CLOSED_EARLY, "192.0.2.9:1", "", noon.plusSeconds(2));

        assertEquals(Optional.empty(), HttpsSection.refusedPeer(Map.of(scan.kind(), scan)));
        assertEquals(
                Optional.of(
                        "[2001:db8::7]: client certificate is not from a trusted CA: issued by"
                                + " CN=other"),
                HttpsSection.refusedPeer(
                        Map.of(
                                older.kind(), older,
                                newer.kind(), newer,
                                scan.kind(), scan)));
    }

    private static int get(HttpClient client, int port, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return client.send(
                        HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static Object field(HttpsSection section, String key) {
        return section.section().fields().stream()
                .filter(field -> field.key().equals(key))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
