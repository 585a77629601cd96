// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.evidence.EvidenceException;
import attestation.agent.evidence.EvidenceRequest;
import attestation.agent.evidence.EvidenceSource;
import attestation.agent.https.Answer;
import attestation.agent.https.Authorizer;
import attestation.agent.https.Right;
import attestation.agent.identity.PayloadKey;
import attestation.agent.identity.StateDirectory;
import attestation.agent.keylime.payload.PayloadService;
import attestation.agent.keylime.payload.PayloadSettings;
import attestation.agent.keylime.registration.Polls;
import attestation.agent.keylime.wire.ApiVersion;
import attestation.agent.keylime.wire.ApiVersions;
import attestation.agent.keylime.wire.BytesSlice;
import attestation.agent.keylime.wire.EncryptionAlgorithm;
import attestation.agent.keylime.wire.WorkedExample;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class KeylimeApiTest {
    private static final String LIST = WorkedExample.text("ima.list");
    private static final KeylimeSettings SETTINGS =
            new KeylimeSettings(
                    "d432fbb3-d2f1-4a97-9ef7-75bd81c00000",
                    ApiVersions.all(),
                    "sha256",
                    EncryptionAlgorithm.RSA2048,
                    "rsassa",
                    1_790_000_000L);

    @SuppressWarnings("NullAway.Init") // made before all tests
    private static PayloadKey payloadKey;

    private final List<EvidenceRequest> asked = new ArrayList<>();
    private final Polls polls = new Polls(Clock.systemUTC());
    private final PayloadService payloads =
            new PayloadService(
                    new PayloadSettings(
                            SETTINGS.agentId(),
                            false,
                            Path.of("/nonexistent"),
                            Path.of("/nonexistent/secure"),
                            1 << 20,
                            "derived_tci_key",
                            "decrypted_payload",
                            true,
                            "",
                            PayloadSettings.SCRIPT_TIMEOUT,
                            Duration.ofSeconds(60),
                            Path.of("/nonexistent/cert"),
                            List.of(),
                            Path.of("/nonexistent/actions"),
                            false,
                            Optional.empty()));
    private final KeylimeApi api = api(SETTINGS, Authorizer.everyone());

    private KeylimeApi api(KeylimeSettings settings, Authorizer authorizer) {
        return api(
                settings,
                authorizer,
                request -> {
                    asked.add(request);
                    return WorkedExample.evidence(
                            request.wantsList()
                                    ? Optional.of(BytesSlice.of(0, LIST))
                                    : Optional.empty(),
                            request.wantsBootLog()
                                    ? Optional.of(new byte[] {1, 2, 3})
                                    : Optional.empty());
                });
    }

    private KeylimeApi api(
            KeylimeSettings settings, Authorizer authorizer, EvidenceSource evidence) {
        return new KeylimeApi(
                settings, new KeylimeParts(evidence, authorizer, polls, payloadKey, payloads));
    }

    @BeforeAll
    static void makeKey(@TempDir Path directory) throws Exception {
        var file = new StateDirectory(directory, Clock.systemUTC()).file("payload-private.pem");
        payloadKey = PayloadKey.loadOrCreate(file, "", new SecureRandom());
    }

    @AfterEach
    void stop() throws InterruptedException {
        payloads.close();
    }

    @ParameterizedTest(name = "{0} {1}: {2} {4}")
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "GET | /nothing | 400 | '' | Not Implemented: Use /2.1, /2.2, /2.3, /2.4, /2.5, /2.6 or /version interfaces",
                "POST | / | 400 | '' | Not Implemented: Use /2.1, /2.2, /2.3, /2.4, /2.5, /2.6 or /version interfaces",
                "PUT | /nothing | 405 | GET, POST | Method is not supported",
                "POST | /version | 405 | GET | Method is not supported",
                "GET | /v1.0/quotes/identity | 400 | '' | API version not supported: v1.0",
                "DELETE | /v3.0/agent | 400 | '' | API version not supported: v3.0",
                "GET | /v2.60/version | 400 | '' | API version not supported: v2.60",
                "GET | /v2.6x/keys | 400 | '' | API version not supported: v2.6x",
                "GET | /v99999999999.1/keys | 400 | '' | API version not supported: v99999999999.1",
                "GET | /v2.6 | 400 | '' | Not Implemented: Use /agent, /keys, or /quotes interfaces",
                "GET | /v2.6/quotesx | 400 | '' | Not Implemented: Use /agent, /keys, or /quotes interfaces",
                "POST | /v2.6/other | 400 | '' | Not Implemented: Use /keys or /notifications interfaces",
                "PATCH | /v2.6/other | 405 | GET, POST | Method is not supported",
                "GET | /v2.6/agent | 400 | '' | URI not supported, only /info is supported for GET in /agent interface",
                "POST | /v2.6/agent/x | 405 | GET | Method is not supported in /agent interface",
                "POST | /v2.6/agent/info | 405 | GET | Method is not supported in /agent interface",
                "GET | /v2.1/agent/info | 400 | '' | Not Implemented: Use /agent, /keys, or /quotes interfaces",
                "GET | /v2.6/keys/x | 400 | '' | URI not supported, only /pubkey and /verify are supported for GET in /keys interface",
                "POST | /v2.6/keys | 400 | '' | URI not supported, only /ukey and /vkey are supported for POST in /keys interface",
                "PUT | /v2.6/keys/ukeys | 405 | GET, POST | Method is not supported in /keys interface",
                "GET | /v2.6/quotes | 400 | '' | URI not supported, only /identity and /integrity are supported for GET in /quotes/ interface",
                "POST | /v2.6/quotes/x | 405 | GET | Method is not supported in /quotes/ interface",
                "POST | /v2.6/quotes/identity | 405 | GET | Method is not supported in /quotes/ interface",
                "GET | /v2.6/notifications | 405 | POST | Method is not supported in /notifications/ interface",
                "POST | /v2.6/notifications/x | 400 | '' | URI not supported, only /revocation is supported for POST in /notifications/ interface",
                "PUT | /v2.6/notifications/x | 405 | POST | Method is not supported in /notifications/ interface",
            })
    void handle_noResource_refusedAsKeylimeDoes(
            String method, String path, int code, String allow, String status)
            throws InterruptedException {
        Answer answer = api.handle(Requests.of(method, path, Map.of(), new byte[0]));

        assertEquals(code, answer.status());
        assertEquals(allow, answer.headers().getOrDefault("Allow", ""));
        assertEquals(status, Requests.status(answer));
        assertEquals(code, Requests.json(answer).get("code").asInt());
        assertTrue(Requests.json(answer).get("results").isEmpty());
    }

    @Test
    void handle_head_noBody() throws InterruptedException {
        Answer answer =
                api.handle(Requests.of("HEAD", "/v2.6/quotes/identity", Map.of(), new byte[0]));

        assertEquals(405, answer.status());
        assertEquals(0, Requests.body(answer).length);
    }

    @Test
    void version_all_newestAndList() throws InterruptedException {
        Answer answer = api.handle(Requests.get("/version"));

        assertEquals(
                "{\"code\":200,\"status\":\"Success\",\"results\":{\"supported_version\":\"2.6\","
                        + "\"supported_versions\":[\"2.1\",\"2.2\",\"2.3\",\"2.4\",\"2.5\",\"2.6\"]}}",
                new String(Requests.body(answer), StandardCharsets.UTF_8));
        assertEquals("application/json", answer.headers().get("Content-Type"));
    }

    @Test
    void version_someSwitchedOff_othersRefused() throws InterruptedException {
        var versions = ApiVersions.of(List.of(new ApiVersion(2, 2), new ApiVersion(2, 1)));
        var limited = api(withVersions(versions), Authorizer.everyone());

        assertEquals(
                "2.2",
                Requests.json(limited.handle(Requests.get("/version")))
                        .at("/results/supported_version")
                        .asText());
        assertEquals(
                "API version not supported: v2.6",
                Requests.status(limited.handle(Requests.get("/v2.6/agent/info"))));
    }

    @Test
    void info_sixMembers_asKeylime() throws InterruptedException {
        var results = Requests.json(api.handle(Requests.get("/v2.2/agent/info"))).get("results");

        assertEquals(SETTINGS.agentId(), results.get("agent_uuid").asText());
        assertEquals("sha256", results.get("tpm_hash_alg").asText());
        assertEquals("rsa", results.get("tpm_enc_alg").asText());
        assertEquals("rsassa", results.get("tpm_sign_alg").asText());
        assertTrue(results.get("ak_handle").asLong() > 0);
    }

    @ParameterizedTest(name = "identity?{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "x=1 | Query deserialize error: missing field `nonce`",
                "nonce=a&nonce=a | Query deserialize error: duplicate field `nonce`",
                "nonce=a%20b | Parameters should be strictly alphanumeric: a b",
                "nonce=%C3%A9 | Parameters should be strictly alphanumeric: é",
                "nonce=a%0Ab | Parameters should be strictly alphanumeric: a\\u000ab",
                "nonce=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12345 | Nonce is too long (max size 64): aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12345",
            })
    void identity_badQuery_400WithReason(String query, String status) throws InterruptedException {
        Answer answer = api.handle(Requests.get("/v2.6/quotes/identity?" + query));

        assertEquals(400, answer.status());
        assertEquals(status, Requests.status(answer));
        assertTrue(asked.isEmpty());
    }

    @ParameterizedTest(name = "integrity?{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "mask=0x400&partial=0 | Query deserialize error: missing field `nonce`",
                "nonce=a&partial=0 | Query deserialize error: missing field `mask`",
                "nonce=a&mask=0x400 | Query deserialize error: missing field `partial`",
                "nonce=a&mask=1&mask=1&partial=0 | Query deserialize error: duplicate field `mask`",
                "nonce=a&mask=1&partial=0&ima_ml_entry=1&ima_ml_entry=2 | Query deserialize error: duplicate field `ima_ml_entry`",
                "nonce=a-&mask=-&partial=2 | nonce should be strictly alphanumeric: a-",
                "nonce=a&mask=-&partial=2 | mask should be strictly alphanumeric: -",
                "nonce=a&mask=zz&partial=2 | mask should be a hex encoded 32-bit integer: zz",
                "nonce=a&mask=&partial=0 | mask should be a hex encoded 32-bit integer:",
                "nonce=a&mask=0x&partial=0 | mask should be a hex encoded 32-bit integer: 0x",
                "nonce=a&mask=0x0x4&partial=0 | mask should be a hex encoded 32-bit integer: 0x0x4",
                "nonce=a&mask=100000000&partial=0 | mask should be a hex encoded 32-bit integer: 100000000",
                "nonce=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff12345&mask=1&partial=2 | Nonce is too long (max size: 64): 65",
                "nonce=a&mask=1&partial=2 | uri must contain key 'partial' and value '0' or '1'",
                "nonce=a&mask=0x1000000&partial=0 | mask beyond PCR 23: 0x1000000 (expected: bits 0 to 23)",
                "nonce=a&mask=ffffffff&partial=0 | mask beyond PCR 23: 0xffffffff (expected: bits 0 to 23)",
            })
    void integrity_badQuery_400InTheOrderOfChecks(String query, String status)
            throws InterruptedException {
        Answer answer = api.handle(Requests.get("/v2.6/quotes/integrity?" + query));

        assertEquals(400, answer.status());
        assertEquals(status, Requests.status(answer).strip());
        assertTrue(asked.isEmpty());
    }

    @ParameterizedTest(name = "{0}: bits {1}, entry {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nonce=&mask=0x400&partial=0 | 1024 | 0",
                "nonce=a&mask=400&partial=1&ima_ml_entry=17 | 1024 | 17",
                "nonce=a&mask=000000000000000ffffff&partial=1 | 16777215 | 0",
                "nonce=a&mask=0&partial=1&ima_ml_entry=x | 0 | 0",
                "nonce=a&mask=0x0&partial=1&ima_ml_entry=-1&unknown=1&unknown=2 | 0 | 0",
                "nonce=a&mask=0x0&partial=1&ima_ml_entry=99999999999999999999 | 0 | 0",
            })
    void integrity_goodQuery_asksForIt(String query, int bits, long entry)
            throws InterruptedException {
        assertEquals(200, api.handle(Requests.get("/v2.1/quotes/integrity?" + query)).status());

        assertEquals(bits, asked.getFirst().pcrMask());
        assertEquals(entry, asked.getFirst().fromLine());
    }

    @Test
    void identity_nonce_quoteWithKeyOverTheNonce() throws InterruptedException {
        var results =
                Requests.json(api.handle(Requests.get("/v2.4/quotes/identity?nonce=abc")))
                        .get("results");

        assertArrayEquals(new byte[] {'a', 'b', 'c'}, asked.getFirst().nonce());
        assertEquals(0, asked.getFirst().pcrMask());
        assertEquals(1427, results.get("quote").asText().length());
        assertEquals("sha256", results.get("hash_alg").asText());
        assertEquals("rsa", results.get("enc_alg").asText());
        assertEquals("rsassa", results.get("sign_alg").asText());
        assertEquals(payloadKey.publicPem(), results.get("pubkey").asText());
        assertEquals(5, results.size());
    }

    @Test
    void integrity_withPcr10And0_listEntryBootTimeAndBootLog() throws InterruptedException {
        var results =
                Requests.json(
                                api.handle(
                                        Requests.get(
                                                "/v2.6/quotes/integrity?nonce=a&mask=0x401&partial=1")))
                        .get("results");

        assertEquals(LIST, results.get("ima_measurement_list").asText());
        assertEquals(0, results.get("ima_measurement_list_entry").asLong());
        assertTrue(results.get("ima_measurement_list_entry").isIntegralNumber());
        assertEquals(1_790_000_000L, results.get("boottime").asLong());
        assertTrue(results.get("boottime").isIntegralNumber());
        assertEquals("AQID", results.get("mb_measurement_list").asText());
        assertEquals("rsa2048", results.get("enc_alg").asText());
        assertFalse(results.has("pubkey"));
    }

    @Test
    void integrity_evidenceUnavailable_500WithReason() throws InterruptedException {
        Answer answer = failing(EvidenceException.Kind.UNAVAILABLE, "no TPM at /dev/tpmrm0");

        assertEquals(500, answer.status());
        assertEquals("Unable to retrieve quote: no TPM at /dev/tpmrm0", Requests.status(answer));
    }

    @Test
    void integrity_nonceTooLongForTheTpm_400WithItsText() throws InterruptedException {
        Answer answer =
                failing(
                        EvidenceException.Kind.BAD_REQUEST,
                        "nonce: 60 bytes (expected: at most 34, this TPM's limit)");

        assertEquals(400, answer.status());
        assertEquals(
                "nonce: 60 bytes (expected: at most 34, this TPM's limit)",
                Requests.status(answer));
    }

    @Test
    void handle_peerWithoutRight_400NamesTheRight() throws InterruptedException {
        var closed = api(SETTINGS, (peer, right) -> right != Right.QUOTES);
        Answer answer = closed.handle(Requests.get("/v2.6/quotes/identity?nonce=a"));

        assertEquals(400, answer.status());
        assertEquals(
                "client certificate (none) has no right to quotes (expected: one on this host's"
                        + " allow-list)",
                Requests.status(answer));
        assertEquals(200, closed.handle(Requests.get("/version")).status());
        assertTrue(asked.isEmpty());
    }

    private Answer failing(EvidenceException.Kind kind, String message)
            throws InterruptedException {
        var api =
                api(
                        SETTINGS,
                        Authorizer.everyone(),
                        request -> {
                            throw new EvidenceException(kind, message, null);
                        });
        return api.handle(Requests.get("/v2.6/quotes/integrity?nonce=a&mask=0x400&partial=1"));
    }

    @Test
    void integrity_answered_countsAsPoll() throws InterruptedException {
        api.handle(Requests.get("/v2.6/quotes/identity?nonce=a"));
        assertTrue(polls.last().isEmpty());
        api.handle(Requests.get("/v2.6/quotes/integrity?nonce=a&mask=0x400&partial=1"));

        assertEquals("no certificate at 192.0.2.7:40312", polls.last().orElseThrow().who());
    }

    private static String sealed(byte[] part) throws Exception {
        byte[] der =
                Base64.getMimeDecoder()
                        .decode(payloadKey.publicPem().replaceAll("-----[A-Z ]+-----", ""));
        var cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der)));
        return Base64.getEncoder().encodeToString(cipher.doFinal(part));
    }

    @Test
    void keys_uAndVFromTenantAndVerifier_proven() throws Exception {
        byte[] k = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
        var mac = Mac.getInstance("HmacSHA384");
        mac.init(new SecretKeySpec(k, "HmacSHA384"));
        String tag =
                HexFormat.of()
                        .formatHex(
                                mac.doFinal(SETTINGS.agentId().getBytes(StandardCharsets.UTF_8)));
        String challenge = "/v2.6/keys/verify?challenge=abc";
        assertEquals(
                "Bootstrap key not yet available: part U has not come from the tenant",
                Requests.status(api.handle(Requests.get(challenge))));

        Answer u =
                api.handle(
                        Requests.post(
                                "/v2.6/keys/ukey",
                                "{\"auth_tag\":\"%s\",\"encrypted_key\":\"%s\",\"other\":1}"
                                        .formatted(tag, sealed(k))));
        Answer v =
                api.handle(
                        Requests.post(
                                "/v2.6/keys/vkey",
                                "{\"encrypted_key\":\"%s\"}".formatted(sealed(new byte[16]))));

        assertEquals(
                "{\"code\":200,\"status\":\"Success\",\"results\":null}",
                new String(Requests.body(u), StandardCharsets.UTF_8));
        assertEquals(200, v.status());
        assertEquals(
                HexFormat.of().formatHex(mac.doFinal("abc".getBytes(StandardCharsets.UTF_8))),
                Requests.json(api.handle(Requests.get(challenge))).at("/results/hmac").asText());
        assertEquals(
                payloadKey.publicPem(),
                Requests.json(api.handle(Requests.get("/v2.1/keys/pubkey")))
                        .at("/results/pubkey")
                        .asText());
    }

    @Test
    void keys_badParts_400WithReason() throws Exception {
        String sealed = sealed(new byte[16]);
        String tag = "00".repeat(48);
        String[][] rows = {
            {"ukey", "{", "Json deserialize error: invalid JSON at line 1 column 2"},
            {
                "ukey",
                "{\"auth_tag\":\"\"}",
                "Json deserialize error: missing field `encrypted_key`"
            },
            {
                "ukey",
                "{\"encrypted_key\":\"\"}",
                "Json deserialize error: missing field `auth_tag`"
            },
            {
                "vkey",
                "{\"encrypted_key\":3}",
                "Json deserialize error: field `encrypted_key` is not a string"
            },
            {
                "vkey",
                "{\"encrypted_key\":\"!!!!\"}",
                "Invalid base64 encoding in encrypted_key: Illegal base64 character 21"
            },
            {
                "vkey",
                "{\"encrypted_key\":\"AAAA\"}",
                "Failed to decrypt encrypted_key: not encrypted to this agent's key (expected: RSA-OAEP to the key of /keys/pubkey)"
            },
            {
                "vkey",
                "{\"encrypted_key\":\"%s\"}".formatted(sealed(new byte[17])),
                "Invalid decrypted key: 17 bytes (expected: 16 or 32)"
            },
            {
                "ukey",
                "{\"auth_tag\":\"zz\",\"encrypted_key\":\"%s\"}".formatted(sealed),
                "Invalid hex encoding in auth_tag: not hex digits in pairs"
            },
            {
                "ukey",
                "{\"auth_tag\":\"00\",\"encrypted_key\":\"%s\"}".formatted(sealed),
                "auth_tag: 1 bytes (expected: 48)"
            },
            {
                "ukey",
                "{\"auth_tag\":\"%s\",\"encrypted_key\":\"%s\",\"payload\":\"****\"}"
                        .formatted(tag, sealed),
                "Invalid base64 encoding in payload: Illegal base64 character 2a"
            },
        };
        for (String[] row : rows) {
            Answer answer = api.handle(Requests.post("/v2.6/keys/" + row[0], row[1]));
            assertEquals(400, answer.status());
            assertEquals(row[2], Requests.status(answer));
        }
    }

    @Test
    void post_withoutJsonContentType_400() throws InterruptedException {
        Answer answer =
                api.handle(
                        Requests.of(
                                "POST",
                                "/v2.6/keys/vkey",
                                Map.of("content-type", "text/plain"),
                                new byte[0]));

        assertEquals(400, answer.status());
        assertEquals("Content type error (expected: application/json)", Requests.status(answer));
        assertEquals(
                "Json deserialize error: not a JSON object",
                Requests.status(
                        api.handle(
                                Requests.of(
                                        "POST",
                                        "/v2.6/keys/vkey",
                                        Map.of(
                                                "content-type",
                                                "application/problem+json; charset=utf-8"),
                                        new byte[0]))));
    }

    @Test
    void verify_badChallenge_400() throws InterruptedException {
        assertEquals(
                "No challenge provided.",
                Requests.status(api.handle(Requests.get("/v2.6/keys/verify?challenge="))));
        assertEquals(
                "Parameters should be strictly alphanumeric: a.",
                Requests.status(api.handle(Requests.get("/v2.6/keys/verify?challenge=a."))));
        assertEquals(
                "Query deserialize error: missing field `challenge`",
                Requests.status(api.handle(Requests.get("/v2.6/keys/verify"))));
    }

    @Test
    void revocation_anyMessage_200AtOnce() throws InterruptedException {
        Answer answer =
                api.handle(
                        Requests.post(
                                "/v2.6/notifications/revocation",
                                "{\"msg\":\"{}\",\"signature\":\"\"}"));

        assertEquals(200, answer.status());
        assertTrue(Requests.json(answer).get("results").isNull());
    }

    @Test
    void keys_peerWithQuotesRightOnly_400() throws InterruptedException {
        var quotesOnly = api(SETTINGS, (peer, right) -> right == Right.QUOTES);

        assertEquals(400, quotesOnly.handle(Requests.post("/v2.6/keys/vkey", "{}")).status());
        assertEquals(
                400,
                quotesOnly.handle(Requests.post("/v2.6/notifications/revocation", "{}")).status());
        assertEquals(
                200, quotesOnly.handle(Requests.get("/v2.6/quotes/identity?nonce=a")).status());
    }

    private static KeylimeSettings withVersions(ApiVersions versions) {
        return new KeylimeSettings(
                SETTINGS.agentId(),
                versions,
                SETTINGS.hashAlg(),
                SETTINGS.encryption(),
                SETTINGS.signAlg(),
                SETTINGS.bootTime());
    }
}
