// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.status.Health;
import attestation.agent.verify.Report;
import attestation.agent.verify.Verdict;
import attestation.fixtures.Await;
import attestation.fixtures.Bank;
import attestation.fixtures.GrowingLog;
import attestation.fixtures.ImaLogs;
import attestation.fixtures.LogFeed;
import attestation.fixtures.MeasuredEntry;
import attestation.fixtures.Swtpm;
import attestation.fixtures.TestPki;
import attestation.fixtures.TestTls;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

import javax.net.ssl.SSLSocket;

/** One daemon with one TPM and one growing list, asked for what a verifier asks, and for worse. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DaemonServingTest {
    private static final int QUOTE = 0x158;
    private static final int PCR_READ = 0x17e;
    private static final int PCR_RESET = 0x13d;
    private static final int PCR_EXTEND = 0x182;

    @TempDir static Path folder;
    private static Swtpm tpm;
    private static GrowingLog log;
    private static TestDaemon daemon;
    private static Visitor visitor;

    @BeforeAll
    static void start() throws Exception {
        tpm = Swtpm.builder().shared().start();
        log = GrowingLog.in(folder, tpm);
        log.append(ImaLogs.of("debian12-6.12-template-evm-sig").entries());
        daemon = new TestDaemon(folder, tpm.tcti(), log).start().awaitHealthy();
        visitor = daemon.visitor();
    }

    @AfterAll
    static void stop() {
        daemon.close();
        tpm.close();
    }

    @Test
    @Order(1)
    void integrity_recordedLog_isServedByteForByteAndVerifies() throws Exception {
        Visitor.Reply reply = visitor.get(Visitor.integrity("abc", Visitor.IMA, 0));
        assertEquals(200, reply.status());
        String list = reply.results().get("ima_measurement_list").asText();
        ImaLogs recorded = ImaLogs.of("debian12-6.12-template-evm-sig");
        assertEquals(new String(recorded.ascii(), StandardCharsets.UTF_8), list);
        assertEquals(0, reply.results().get("ima_measurement_list_entry").asInt());
        Report report = visitor.verify(Visitor.IMA);
        assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
        assertEquals((long) recorded.count(), report.facts().get("proven_entries"));
    }

    @Test
    void integrity_fiftyRequestsOnAGrowingList_costOneTpmCommandEach() throws Exception {
        Path state = folder.resolve("fifty.state");
        assertEquals(
                Verdict.VERIFIED,
                visitor.verify(Visitor.IMA, OptionalLong.of(0), Optional.of(state)).verdict());
        tpm.proxy().reset();
        for (int i = 0; i < 50; i++) {
            log.appendSynthetic(3);
            Report report = visitor.verify(Visitor.IMA, OptionalLong.empty(), Optional.of(state));
            assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
            assertEquals(3L, report.facts().get("proven_entries"));
        }
        assertEquals(Map.of(QUOTE, 50), tpm.proxy().counts());
    }

    @Test
    void integrity_listGrowingThreeHundredASecond_allAnsweredAndNothingHidden() throws Exception {
        var entries = LongStream.range(1_000_000, 1_003_000).mapToObj(MeasuredEntry::synthetic);
        int before = tpm.proxy().count(QUOTE);
        int readsBefore = tpm.proxy().count(PCR_READ);
        List<Future<Integer>> clients = new ArrayList<>();
        try (LogFeed feed = log.feed(entries.iterator(), 300);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                clients.add(threads.submit(() -> quoteWhileGrowing(feed)));
            }
        }
        int answered = 0;
        for (Future<Integer> client : clients) {
            answered += client.get();
        }
        assertEquals(answered, tpm.proxy().count(QUOTE) - before);
        assertEquals(readsBefore, tpm.proxy().count(PCR_READ), daemon.journal().text());
        assertEquals(Health.OK, daemon.section("evidence").health(), daemon.journal().text());
    }

    private static int quoteWhileGrowing(LogFeed feed) throws Exception {
        Visitor own = daemon.visitor();
        int answered = 0;
        while ((feed.fed() < 900 && !feed.isDone()) || answered < 5) {
            int listed = log.count();
            Report report = own.verify(Visitor.IMA);
            assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
            assertTrue(
                    (long) report.facts().getOrDefault("list_entries", 0L) >= listed,
                    report.toString());
            answered++;
        }
        return answered;
    }

    @Test
    void integrity_pcr16ResetByAnotherProgram_costsOneReadAndIsRightAgain() throws Exception {
        assertEquals(Verdict.VERIFIED, visitor.verify(Visitor.IMA).verdict());
        tpm.run("tpm2_pcrreset", "16");
        tpm.proxy().reset();
        assertEquals(Verdict.VERIFIED, visitor.verify(Visitor.IMA).verdict());
        assertEquals(
                Map.of(QUOTE, 2, PCR_READ, 1, PCR_RESET, 1, PCR_EXTEND, 1), tpm.proxy().counts());
        assertTrue(daemon.journal().text().contains("PCR 16 was changed by another program"));
    }

    @Test
    void integrity_wholeMask_learnsOtherPcrsOnce() throws Exception {
        int mask = 0x43ff | Visitor.IMA;
        assertEquals(Verdict.VERIFIED, visitor.verify(mask).verdict());
        tpm.proxy().reset();
        assertEquals(Verdict.VERIFIED, visitor.verify(mask).verdict());
        assertEquals(Map.of(QUOTE, 1), tpm.proxy().counts());
        tpm.extend(7, Bank.SHA256, new byte[32]);
        assertEquals(Verdict.VERIFIED, visitor.verify(mask).verdict());
        // one reading: a TPM gives at most eight values per command
        assertEquals(2, tpm.proxy().count(PCR_READ));
    }

    @Test
    void identity_quote_bindsThePayloadKeyByOneCommand() throws Exception {
        tpm.proxy().reset();
        Visitor.Reply reply = visitor.get("/v2.2/quotes/identity?nonce=xyz");
        assertEquals(200, reply.status());
        assertEquals(Map.of(QUOTE, 1), tpm.proxy().counts());
        String pem = reply.results().get("pubkey").asText();
        byte[] keyDigest = Bank.SHA256.digest(pem.getBytes(StandardCharsets.US_ASCII));
        byte[] expected = Bank.SHA256.digest(new byte[32], keyDigest);
        assertArrayEquals(expected, tpm.readPcr(Bank.SHA256, 16));
        assertFalse(reply.results().has("ima_measurement_list"));
    }

    @Test
    void violations_areServedReplayedAndCounted() throws Exception {
        long before = (long) daemon.field("list", "violations");
        log.append(MeasuredEntry.violation("/var/lib/torn"));
        Report report = visitor.verify(Visitor.IMA);
        assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
        assertEquals(before + 1, daemon.field("list", "violations"));
    }

    @ParameterizedTest
    @CsvSource({
        "'/v2.2/quotes/integrity?mask=0x400&partial=1', nonce",
        "'/v2.2/quotes/integrity?nonce=a-b&mask=0x400&partial=1', nonce",
        "'/v2.2/quotes/integrity?nonce=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&mask=0x400&partial=1', 64",
        "'/v2.2/quotes/integrity?nonce=abc&mask=xyz&partial=1', mask",
        "'/v2.2/quotes/integrity?nonce=abc&mask=0x1000400&partial=1', PCR 23",
        "'/v2.2/quotes/integrity?nonce=abc&mask=0x400&partial=2', partial",
        "'/v2.2/quotes/identity', nonce",
    })
    void badParameter_isRefusedInWords(String path, String word) throws Exception {
        Visitor.Reply reply = visitor.get(path);
        assertEquals(400, reply.status());
        assertEquals(400, reply.json().get("code").asInt());
        assertTrue(reply.text().contains(word), reply.text());
        assertEquals(Health.OK, daemon.section("evidence").health());
    }

    @Test
    void entryBeyondTheList_servesTheWholeListFromZero() throws Exception {
        Visitor.Reply reply = visitor.get(Visitor.integrity("abc", Visitor.IMA, 99_999_999));
        assertEquals(0, reply.results().get("ima_measurement_list_entry").asInt());
        assertTrue(
                reply.results().get("ima_measurement_list").asText().contains("boot_aggregate\n")
                        || reply.results()
                                .get("ima_measurement_list")
                                .asText()
                                .contains("boot_aggregate "));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nowhere, 400",
        "GET, /v2.2/nowhere, 400",
        "GET, /v9.9/quotes/identity?nonce=a, 400",
        "PUT, /v2.2/quotes/identity, 405",
    })
    void unknownPathMethodVersion_getTheProtocolsAnswer(String method, String path, int status)
            throws Exception {
        assertEquals(status, visitor.ask(method, path).status());
    }

    @Test
    void handshake_withoutTrustedClientCertificate_isRefusedAndLogged() throws Exception {
        TestPki pki = TestPki.ec();
        for (String path : List.of("/version", "/v2.2/quotes/identity?nonce=a", "/nowhere")) {
            assertRefused(null, path, "client sent no certificate");
            assertRefused(pki.foreignClient(), path, "client certificate is not from a trusted CA");
            assertRefused(pki.expiredClient(), path, "client certificate has expired");
        }
    }

    private static void assertRefused(
            TestPki.@Nullable Identity identity, String path, String reason) throws Exception {
        long before = refusals(reason);
        // not by the JDK's client: it sends no certificate that the server would not take
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-quiet"));
        command.addAll(List.of("-connect", "127.0.0.1:" + daemon.port()));
        if (identity != null) {
            command.addAll(List.of("-cert", identity.certificate().toString()));
            command.addAll(List.of("-key", identity.key().toString()));
        }
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream out = client.getOutputStream()) {
            out.write(
                    ("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
            // refused before it could ask
        }
        String said =
                new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertFalse(said.contains("HTTP/1.1"), said);
        Await.until("told " + reason, () -> refusals(reason) > before);
    }

    private static long refusals(String reason) {
        return daemon.journal().lines().stream()
                .filter(line -> line.matches(".*connection refused agent=[^ ]+ peer=127.0.0.1:.*"))
                .filter(line -> line.contains("reason=\"" + reason + "\""))
                .count();
    }

    @Test
    void slowReader_doesNotDelayOthers() throws Exception {
        log.append(LongStream.range(0, 300).mapToObj(i -> big(i)).toList());
        var context = TestTls.context(daemon.certificate(), TestPki.ec().client());
        try (var slow = (SSLSocket) context.getSocketFactory().createSocket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), daemon.port()));
            String head = "GET " + Visitor.integrity("abc", Visitor.IMA, 0) + " HTTP/1.1\r\n";
            slow.getOutputStream()
                    .write((head + "Host: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            slow.getInputStream().read();
            List<CompletableFuture<Visitor.Reply>> others = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                others.add(daemon.visitor().later(Visitor.integrity("n" + i, Visitor.IMA, 0)));
            }
            for (CompletableFuture<Visitor.Reply> other : others) {
                assertEquals(200, other.get().status());
            }
            assertFalse(slow.isClosed());
        }
    }

    private static MeasuredEntry big(long number) {
        return MeasuredEntry.named("/opt/" + "x".repeat(3000) + number, 5_000_000 + number);
    }
}
