// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import attestation.agent.https.Authorizer;
import attestation.agent.identity.PayloadKey;
import attestation.agent.identity.StateDirectory;
import attestation.agent.keylime.payload.PayloadService;
import attestation.agent.keylime.payload.PayloadSettings;
import attestation.agent.keylime.registration.Polls;
import attestation.agent.keylime.wire.ApiVersions;
import attestation.agent.keylime.wire.EncryptionAlgorithm;
import attestation.agent.keylime.wire.WorkedExample;
import attestation.fixtures.Await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a tenant and a verifier, whoever of them comes first, to the file of the payload.
 */
class RecordedPartsTest {
    @TempDir Path keylime;

    @SuppressWarnings("NullAway.Init")
    private JsonNode parts;

    @SuppressWarnings("NullAway.Init")
    private PayloadService payloads;

    @SuppressWarnings("NullAway.Init")
    private KeylimeApi api;

    @BeforeEach
    void start() throws Exception {
        parts = new ObjectMapper().readTree(WorkedExample.bytes("parts.json"));
        String id = parts.get("agent").asText();
        Path secure = Files.createDirectory(keylime.resolve("secure"));
        payloads =
                new PayloadService(
                        new PayloadSettings(
                                id,
                                true,
                                keylime,
                                secure,
                                1 << 20,
                                "derived_tci_key",
                                "decrypted_payload",
                                false,
                                "",
                                PayloadSettings.SCRIPT_TIMEOUT,
                                Duration.ofSeconds(60),
                                secure.resolve("no.crt"),
                                List.of(),
                                keylime,
                                false,
                                Optional.empty()));
        Files.write(
                keylime.resolve("payload-private.pem"), WorkedExample.bytes("payload-private.pem"));
        var state = new StateDirectory(keylime, Clock.systemUTC());
        PayloadKey key =
                PayloadKey.loadOrCreate(state.file("payload-private.pem"), "", new SecureRandom());
        api =
                new KeylimeApi(
                        new KeylimeSettings(
                                id,
                                ApiVersions.all(),
                                "sha256",
                                EncryptionAlgorithm.RSA2048,
                                "rsassa",
                                0),
                        new KeylimeParts(
                                request ->
                                        WorkedExample.evidence(Optional.empty(), Optional.empty()),
                                Authorizer.everyone(),
                                new Polls(Clock.systemUTC()),
                                key,
                                payloads));
    }

    private boolean whole(Path payload) throws IOException {
        return Files.isRegularFile(payload)
                && Files.readString(payload).equals(parts.get("payload").asText());
    }

    @AfterEach
    void stop() throws InterruptedException {
        payloads.close();
    }

    @ParameterizedTest
    @CsvSource({"ukey, vkey", "vkey, ukey"})
    void keys_recordedParts_keyProvenAndPayloadWritten(String first, String second)
            throws Exception {
        for (String part : List.of(first, second)) {
            var answer =
                    api.handle(Requests.post("/v2.6/keys/" + part, parts.get(part).toString()));
            assertEquals(200, answer.status());
        }

        String challenge = "/v2.6/keys/verify?challenge=" + parts.get("challenge").asText();
        assertEquals(
                parts.get("hmac").asText(),
                Requests.json(api.handle(Requests.get(challenge))).at("/results/hmac").asText());
        Path unzipped = keylime.resolve("secure/unzipped");
        Await.until(
                "the payload is there",
                Duration.ofMinutes(2),
                () -> whole(unzipped.resolve("decrypted_payload")));
        assertArrayEquals(
                Base64.getDecoder().decode(parts.get("key").asText()),
                Files.readAllBytes(unzipped.resolve("derived_tci_key")));
    }
}
