// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import attestation.agent.LogLines;
import attestation.agent.evidence.EvidenceException;
import attestation.agent.https.Authorizer;
import attestation.agent.identity.PayloadKey;
import attestation.agent.keylime.payload.PayloadService;
import attestation.agent.keylime.registration.Polls;
import attestation.agent.keylime.wire.ApiVersions;
import attestation.agent.keylime.wire.EncryptionAlgorithm;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.util.List;
import java.util.Map;

/** What refused requests leave in the log. */
class KeylimeApiLogTest {
    private final LogLines log = LogLines.of(KeylimeApi.class.getName());
    private final List<String> lines = log.lines();

    @AfterEach
    void leave() {
        log.close();
    }

    private static KeylimeApi api() {
        PayloadKey key = mock(PayloadKey.class);
        when(key.publicPem()).thenReturn("PEM");
        return new KeylimeApi(
                new KeylimeSettings(
                        "a1",
                        ApiVersions.all(),
                        "sha256",
                        EncryptionAlgorithm.RSA2048,
                        "rsassa",
                        1),
                new KeylimeParts(
                        request -> {
                            throw new EvidenceException(
                                    EvidenceException.Kind.UNAVAILABLE, "no TPM", null);
                        },
                        Authorizer.everyone(),
                        new Polls(Clock.systemUTC()),
                        key,
                        mock(PayloadService.class)));
    }

    @Test
    void refused_once_namesAgentPeerRequestAndReason() throws Exception {
        api().handle(Requests.get("/v2.6/quotes/identity?nonce=%2e"));
        assertEquals(
                List.of(
                        "INFO request refused agent=a1 peer=192.0.2.7:40312 method=GET"
                                + " path=\"/v2.6/quotes/identity\" status=400 reason=\"Parameters"
                                + " should be strictly alphanumeric: .\""),
                lines);
    }

    @Test
    void refused_textThatLooksLikeFields_staysInItsField() throws Exception {
        api().handle(Requests.of("GET", "/x%22%20status=200%20reason=%22", Map.of(), new byte[0]));
        assertTrue(lines.get(0).contains(" path=\"/x' status=200 reason='\" status=400 "));
    }

    @Test
    void refused_flood_isSixtyLinesAMinuteAndEachIsAnswered() throws Exception {
        KeylimeApi api = api();
        for (int i = 0; i < 10_000; i++) {
            assertEquals(400, api.handle(Requests.get("/nothing")).status());
        }
        assertEquals(60, lines.size());
        assertTrue(lines.get(59).endsWith(" next=\"counted only, for a minute\""), lines.get(59));
    }

    @Test
    void refused_floodOfBadRequests_leavesRoomForWhatTheAgentCannotDo() throws Exception {
        KeylimeApi api = api();
        for (int i = 0; i < 100; i++) {
            api.handle(Requests.get("/nothing"));
        }
        assertEquals(500, api.handle(Requests.get("/v2.6/quotes/identity?nonce=a")).status());
        assertTrue(lines.get(60).startsWith("WARNING request refused agent=a1 "), lines.get(60));
    }
}
