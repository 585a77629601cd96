// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.https.Peer;
import attestation.agent.keylime.wire.ApiVersion;
import attestation.agent.keylime.wire.ApiVersions;
import attestation.agent.keylime.wire.WorkedExample;
import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.fixtures.Await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

@Timeout(180)
class RegistrationServiceTest {
    private static final String ID = "d432fbb3-d2f1-4a97-9ef7-75bd81c00000";
    private static final String BLOB =
            "{\"code\":200,\"status\":\"Success\",\"results\":{\"blob\":\"%s\"}}"
                    .formatted(
                            Base64.getEncoder()
                                    .encodeToString(WorkedExample.bytes("registrar.blob")));
    private static final String DONE = ScriptedRegistrar.error(200, "Success");

    /** Stands still but for being moved. */
    private static final class HandClock extends Clock {
        private volatile Instant now = Instant.parse("2026-11-23T10:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final HandClock clock = new HandClock();
    private final Polls polls = new Polls(clock);
    private final SynchronousQueue<Duration> waits = new SynchronousQueue<>();
    private final Semaphore over = new Semaphore(0);
    private final RecordingTpm tpm = new RecordingTpm();
    private ApiVersions versions = ApiVersions.all();

    // Each test starts the ones that it needs.
    @SuppressWarnings("NullAway.Init")
    private ScriptedRegistrar registrar;

    @SuppressWarnings("NullAway.Init")
    private RegistrationService service;

    private static final class RecordingTpm implements TpmCredentials {
        private final Queue<IOException> failures = new ArrayDeque<>();
        private Optional<DeviceKeys> device = Optional.empty();
        private List<byte[]> ekCertificates = List.of();
        private volatile byte[] idObject = {};
        private volatile byte[] certified = {};

        @Override
        public Keys keys() throws IOException {
            IOException failure = failures.poll();
            if (failure != null) {
                throw failure;
            }
            return new Keys(new byte[] {1}, new byte[] {2}, ekCertificates, device);
        }

        @Override
        public byte[] activate(byte[] id, byte[] encryptedSecret) {
            idObject = id;
            return "r3XEXaYiKYQeqUuSOsHmGHIXgj71HaUJ".getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Certification certify(byte[] qualifyingData) {
            certified = qualifyingData;
            return new Certification(new byte[] {5}, new byte[] {6});
        }
    }

    /** The whole exchange goes well. */
    private static Optional<String> well(ScriptedRegistrar.Asked asked) {
        return Optional.of(
                switch (asked.line().substring(0, asked.line().indexOf(' '))) {
                    case "GET" -> ScriptedRegistrar.answer(200, ScriptedRegistrar.VERSIONS);
                    case "POST" -> ScriptedRegistrar.answer(200, BLOB);
                    default -> DONE;
                });
    }

    /** Starts and returns the wait after the first attempt. */
    private Duration start(Function<ScriptedRegistrar.Asked, Optional<String>> script)
            throws Exception {
        registrar = new ScriptedRegistrar(Optional.empty(), script);
        return start(registrar.port(), Duration.ofSeconds(5));
    }

    private Duration start(int port, Duration whole) throws Exception {
        var address = new RegistrarAddress("localhost", port, Optional.empty());
        var settings =
                new RegistrationSettings(
                        ID,
                        "192.0.2.7",
                        9002,
                        () -> "PEM",
                        versions,
                        address,
                        RegistrationSettings.Pace.of(
                                Duration.ofSeconds(10), Duration.ofSeconds(300), whole));
        service =
                new RegistrationService(
                        settings,
                        tpm,
                        polls,
                        clock,
                        new Random(1),
                        wait -> {
                            waits.put(wait);
                            over.acquire();
                        });
        service.start();
        return awaitWait();
    }

    /** Lets the present wait end and returns the one after the next attempt. */
    private Duration nextWait() throws InterruptedException {
        over.release();
        return awaitWait();
    }

    private Duration awaitWait() throws InterruptedException {
        Duration wait = waits.poll(20, TimeUnit.SECONDS);
        assertNotNull(wait);
        return wait;
    }

    @AfterEach
    void stop() throws Exception {
        if (service != null) {
            service.close();
        }
        if (registrar != null) {
            registrar.close();
        }
    }

    private static void assertBetween(long fromSeconds, long toSeconds, Duration wait) {
        assertTrue(
                wait.toSeconds() >= fromSeconds
                        && wait.compareTo(Duration.ofSeconds(toSeconds)) <= 0,
                () -> wait + " is not within " + fromSeconds + ".." + toSeconds + " s");
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void register_goodRegistrar_threeRequestsAsKeylimesAgentSendsThem() throws Exception {
        Duration wait = start(RegistrationServiceTest::well);

        assertEquals(
                List.of(
                        "GET /version HTTP/1.1",
                        "POST /v2.6/agents/" + ID + " HTTP/1.1",
                        "PUT /v2.6/agents/" + ID + " HTTP/1.1"),
                registrar.asked.stream().map(ScriptedRegistrar.Asked::line).toList());
        assertEquals(
                json(
                        "{\"aik_tpm\":\"AQ==\",\"ek_tpm\":\"Ag==\",\"iak_cert\":null,\"idevid_cert\":null,\"ip\":\"192.0.2.7\",\"mtls_cert\":\"PEM\",\"port\":9002}"),
                json(registrar.asked.get(1).body()));
        assertTrue(
                registrar.asked.get(1).head().contains("\r\nContent-Type: application/json\r\n"));
        assertEquals(
                "{\"auth_tag\":\"fcc9224aa7a992c30ca20e8f4f063dad0aca47b6625396d83b89a063bab3bf8e640c3f995f0ceea7464a31fd49250804\"}",
                registrar.asked.get(2).body());
        assertArrayEquals(
                Arrays.copyOfRange(WorkedExample.bytes("registrar.blob"), 8, 78), tpm.idObject);
        assertBetween(150, 300, wait);
    }

    @Test
    void register_withDeviceKeysAndChain_allMembersAndHashedId() throws Exception {
        tpm.ekCertificates = List.of(new byte[] {0x30, 0}, new byte[] {0x30, 1, 0});
        tpm.device =
                Optional.of(
                        new TpmCredentials.DeviceKeys(
                                new byte[] {3},
                                new byte[] {4},
                                Optional.of(new byte[] {7}),
                                Optional.of(new byte[] {8})));
        start(RegistrationServiceTest::well);

        JsonNode body = json(registrar.asked.get(1).body());
        assertEquals("BQ==", body.get("iak_attest").asText());
        assertEquals("Bg==", body.get("iak_sign").asText());
        assertEquals("Aw==", body.get("iak_tpm").asText());
        assertEquals("BA==", body.get("idevid_tpm").asText());
        assertEquals("Bw==", body.get("iak_cert").asText());
        assertEquals("CA==", body.get("idevid_cert").asText());
        assertEquals(
                """
                -----BEGIN CERTIFICATE-----
                MAA=
                -----END CERTIFICATE-----
                -----BEGIN CERTIFICATE-----
                MAEA
                -----END CERTIFICATE-----
                """,
                body.get("ekcert").asText());
        assertEquals(32, tpm.certified.length);
    }

    @Test
    void register_registrarBefore26_idItselfIsCertified() throws Exception {
        tpm.device =
                Optional.of(
                        new TpmCredentials.DeviceKeys(
                                new byte[] {3},
                                new byte[] {4},
                                Optional.empty(),
                                Optional.empty()));
        start(
                asked ->
                        asked.line().startsWith("GET")
                                ? Optional.of(
                                        ScriptedRegistrar.answer(
                                                200,
                                                ScriptedRegistrar.VERSIONS.replace("2.6", "2.5")))
                                : well(asked));

        assertArrayEquals(ID.getBytes(StandardCharsets.US_ASCII), tpm.certified);
        assertTrue(registrar.asked.get(1).line().startsWith("POST /v2.5/"));
    }

    @ParameterizedTest(name = "{0}, {1} with {2} enabled: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "2.6 | \"2.1\",\"2.6\" | 2.1,2.6 | 2.6",
                "3.0 | \"2.1\",\"2.4\",\"3.0\" | 2.1,2.4,2.6 | 2.4",
                "2.6 | \"2.1\",\"2.6\" | 2.1,2.2 | 2.1",
                "2.6 | 7,null,{} | 2.6 | 2.6",
            })
    void negotiate_lists_bestCommon(String current, String listed, String enabled, String chosen)
            throws Exception {
        versions =
                ApiVersions.of(
                        Arrays.stream(enabled.split(","))
                                .map(v -> ApiVersion.parse(v).orElseThrow())
                                .toList());
        start(
                asked ->
                        asked.line().startsWith("GET")
                                ? Optional.of(
                                        ScriptedRegistrar.answer(
                                                200,
                                                "{\"results\":{\"current_version\":\"%s\",\"supported_versions\":[%s]}}"
                                                        .formatted(current, listed)))
                                : well(asked));

        assertTrue(registrar.asked.get(1).line().startsWith("POST /v" + chosen + "/agents/"));
    }

    @Test
    void negotiate_nothingCommon_hourlyAndSaysWhat() throws Exception {
        versions = ApiVersions.of(List.of(new ApiVersion(2, 5)));
        Duration wait = start(RegistrationServiceTest::well);

        assertBetween(1800, 3600, wait);
        assertEquals(
                "registrar's API versions: [1.0, 2.1, 2.6, 3.0] (expected: one of 2.5)",
                service.section().reason());
        assertEquals(Health.FAILING, service.section().health());
    }

    @Test
    void negotiate_registrarWithoutVersion_triesNewestToOldest() throws Exception {
        start(
                asked ->
                        asked.line().startsWith("GET") || asked.line().contains("/v2.6/")
                                ? Optional.of(ScriptedRegistrar.answer(404, ""))
                                : well(asked));

        assertEquals(
                List.of("GET /version", "POST /v2.6/a", "POST /v2.5/a", "PUT /v2.5/ag"),
                registrar.asked.stream()
                        .map(a -> a.line().substring(0, 12))
                        .map(String::strip)
                        .toList());
    }

    @Test
    void register_otherTpmKnown_refusalHourlyForeverWithRemedy() throws Exception {
        Duration first =
                start(
                        asked ->
                                asked.line().startsWith("POST")
                                        ? Optional.of(
                                                ScriptedRegistrar.error(
                                                        403, "different TPM identity"))
                                        : well(asked));

        assertBetween(1800, 3600, first);
        assertBetween(1800, 3600, nextWait());
        Section section = service.section();
        assertEquals(Health.FAILING, section.health());
        assertEquals(
                "registrar answered 403 to registration: different TPM identity", section.reason());
        assertTrue(section.next().contains("keylime_tenant -c regdelete -u " + ID), section.next());
    }

    @Test
    void register_registrarAwayForAnHour_doublingWaitsThenRegistered() throws Exception {
        boolean[] back = {false};
        Duration wait =
                start(
                        asked ->
                                back[0]
                                        ? well(asked)
                                        : Optional.of(ScriptedRegistrar.error(500, "database")));
        long[] full = {10, 20, 40, 80, 160, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300};
        for (long seconds : full) {
            assertBetween(seconds / 2, seconds, wait);
            assertFalse(registered());
            wait = nextWait();
        }
        back[0] = true;
        assertBetween(150, 300, nextWait());
        assertTrue(registered());
    }

    private boolean registered() {
        return service.section().fields().stream()
                .anyMatch(f -> f.key().equals("registered") && f.value().equals(true));
    }

    @Test
    void register_retryAfter_obeyedWithinBounds() throws Exception {
        String[] headers = {
            "Retry-After: 77",
            "Retry-After: 999999",
            "Retry-After: 0",
            "Retry-After: Mon, 23 Nov 2026 10:02:00 GMT"
        };
        int[] count = {0};
        Duration first =
                start(
                        asked ->
                                Optional.of(
                                        ScriptedRegistrar.error(
                                                429, "slow down", headers[count[0]++ % 4])));

        assertEquals(Duration.ofSeconds(77), first);
        assertEquals(Duration.ofHours(1), nextWait());
        assertEquals(Duration.ofSeconds(1), nextWait());
        assertEquals(Duration.ofMinutes(2), nextWait());
    }

    @Test
    void register_nobodyListens_degradedWithRemedy() throws Exception {
        int port;
        try (var socket = new java.net.ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertBetween(5, 10, start(port, Duration.ofSeconds(5)));

        Section section = service.section();
        assertEquals(Health.DEGRADED, section.health());
        assertTrue(
                section.reason()
                        .startsWith(
                                "not registered: Network error (connection failed): registrar localhost:"
                                        + port),
                section.reason());
        assertTrue(section.next().contains("curl http://localhost:" + port + "/version"));
    }

    @Test
    void register_registrarHangs_givenUpInTime() throws Exception {
        registrar = new ScriptedRegistrar(Optional.empty(), asked -> Optional.empty());
        assertBetween(5, 10, start(registrar.port(), Duration.ofMillis(300)));

        assertTrue(
                service.section().reason().contains("Network error"), service.section().reason());
    }

    @Test
    void close_whileRegistrarHangs_atOnce() throws Exception {
        registrar = new ScriptedRegistrar(Optional.empty(), asked -> Optional.empty());
        var address = new RegistrarAddress("localhost", registrar.port(), Optional.empty());
        var settings =
                new RegistrationSettings(
                        ID,
                        "x",
                        1,
                        () -> "",
                        versions,
                        address,
                        RegistrationSettings.Pace.of(
                                Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(30)));
        var hanging = new RegistrationService(settings, tpm, polls, clock, new Random(1));
        hanging.start();
        Await.until("registrar is asked", () -> !registrar.asked.isEmpty());
        long begin = System.nanoTime();
        hanging.close();

        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toMillis() < 4_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HELLO\\r\\n\\r\\n | not an HTTP answer",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 99999999\\r\\n\\r\\n | body: 99999999 bytes (expected: at most 1048576)",
                "HTTP/1.1 200 OK\\r\\nContent-Length: -1\\r\\n\\r\\n | body: -1 bytes",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\n{} | connection ended within",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nffffff\\r\\n | body: more bytes",
                "HTTP/1.1 200 OK\\r\\nbroken\\r\\n\\r\\n | malformed header",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n[] | registrar answered 200 with not a JSON object",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{} | registrar answered 200 with no results object",
            })
    void register_notARegistrar_reasonAndRetry(String raw, String reason) throws Exception {
        String answer = raw.replace("\\r\\n", "\r\n");
        assertBetween(5, 10, start(asked -> Optional.of(answer)));

        assertTrue(service.section().reason().contains(reason), service.section().reason());
    }

    @Test
    void register_chunkedAnswers_read() throws Exception {
        start(
                asked ->
                        well(asked)
                                .map(
                                        text -> {
                                            String body =
                                                    text.substring(text.indexOf("\r\n\r\n") + 4);
                                            return "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x;x=y\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n"
                                                    .formatted(
                                                            10,
                                                            body.substring(0, 10),
                                                            body.length() - 10,
                                                            body.substring(10));
                                        }));

        assertTrue(registered());
    }

    @Test
    void register_tpmAway_saidAndRetried() throws Exception {
        tpm.failures.add(new IOException("no TPM at /dev/tpmrm0"));
        assertBetween(5, 10, start(RegistrationServiceTest::well));
        assertEquals(
                "not registered: TPM: keys cannot be read - no TPM at /dev/tpmrm0",
                service.section().reason());
        assertTrue(registrar.asked.isEmpty());

        nextWait();
        assertTrue(registered());
    }

    private List<String> askedMethods() {
        return registrar.asked.stream()
                .map(asked -> asked.line().substring(0, asked.line().indexOf(' ')))
                .toList();
    }

    @Test
    void check_registrarKnowsUs_sameActivationAgainUntilTheHourIsOver() throws Exception {
        Duration waited = start(RegistrationServiceTest::well);
        String activation = registrar.asked.getLast().body();
        List<Duration> waits = new ArrayList<>(List.of(waited));
        Duration next = nextWait();
        while (askedMethods().getLast().equals("PUT")
                && askedMethods().size() == 3 + waits.size()) {
            assertEquals(activation, registrar.asked.getLast().body());
            waits.add(next);
            next = nextWait();
        }
        assertEquals(
                List.of("GET", "POST", "PUT"),
                askedMethods().subList(2 + waits.size(), 5 + waits.size()));
        waits.forEach(wait -> assertBetween(0, 300, wait));
        assertBetween(1800, 3600, waits.stream().reduce(Duration.ZERO, Duration::plus));
    }

    @ParameterizedTest
    @CsvSource({"404, Agent not found", "400, Auth tag does not match expected value"})
    void check_registrarForgotUs_registeredAgainAtOnce(int status, String text) throws Exception {
        boolean[] lost = {false};
        start(
                asked -> {
                    if (asked.line().startsWith("POST")) {
                        lost[0] = false;
                    }
                    return lost[0] && asked.line().startsWith("PUT")
                            ? Optional.of(ScriptedRegistrar.error(status, text))
                            : well(asked);
                });
        lost[0] = true;

        assertBetween(150, 300, nextWait());
        assertEquals(List.of("GET", "POST", "PUT", "PUT", "GET", "POST", "PUT"), askedMethods());
        assertTrue(registered());
        assertEquals(
                Health.DEGRADED, service.section().health()); // for want of a verifier, no more
    }

    @Test
    void check_registrarAwayOrInTrouble_noFailureAndAskedAgain() throws Exception {
        boolean[] trouble = {false};
        start(
                asked ->
                        trouble[0]
                                ? Optional.of(ScriptedRegistrar.error(500, "database"))
                                : well(asked));
        trouble[0] = true;

        assertBetween(150, 300, nextWait());
        assertTrue(
                service.section().fields().stream()
                        .anyMatch(
                                field ->
                                        field.key().equals("failures_in_a_row")
                                                && field.value().equals(0L)));
        trouble[0] = false;
        assertBetween(150, 300, nextWait());
        assertEquals(List.of("GET", "POST", "PUT", "PUT", "PUT"), askedMethods());
    }

    @Test
    void renew_asked_wholeRegistrationWhateverTheRegistrarKnows() throws Exception {
        start(RegistrationServiceTest::well);
        service.renew();
        nextWait();

        assertEquals(List.of("GET", "POST", "PUT", "GET", "POST", "PUT"), askedMethods());
    }

    @Test
    void section_lifeOfAHost_eachStateTold() throws Exception {
        start(RegistrationServiceTest::well);
        assertEquals(
                "registered, but no verifier has asked since the agent started",
                service.section().reason());
        assertTrue(
                service.section()
                        .next()
                        .contains(
                                "keylime_tenant -c add -t 192.0.2.7 -tp 9002 -u "
                                        + ID
                                        + " --runtime-policy POLICY.json"));

        polls.polled(new Peer("192.0.2.1:40312", Optional.empty()), Duration.ofMillis(5), 900);
        clock.move(Duration.ofSeconds(60));
        polls.polled(new Peer("192.0.2.1:40313", Optional.empty()), Duration.ofMillis(6), 901);
        assertEquals(Health.OK, service.section().health());
        assertPulls();

        clock.move(Duration.ofSeconds(299));
        assertEquals(Health.OK, service.section().health());
        clock.move(Duration.ofSeconds(2));
        assertEquals("no verifier has asked for 301 s", service.section().reason());
        assertTrue(service.section().next().contains("keylime_tenant -c status -u " + ID));
    }

    private void assertPulls() {
        var fields = new VerifierSection(polls).section().fields();
        assertEquals(2L, fields.get(0).value());
        assertEquals("no certificate at 192.0.2.1:40313", fields.get(1).value());
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String before = clock.instant().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS).toString();
        assertEquals(
                List.of(
                        now + " no certificate at 192.0.2.1:40313: 6 ms, 901 bytes",
                        before + " no certificate at 192.0.2.1:40312: 5 ms, 900 bytes"),
                fields.get(3).value());
    }
}
