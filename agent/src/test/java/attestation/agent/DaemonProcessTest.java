// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.identity.StateDirectory;
import attestation.fixtures.Await;
import attestation.fixtures.GrowingLog;
import attestation.fixtures.MeasuredEntry;
import attestation.fixtures.Ports;
import attestation.fixtures.Swtpm;
import attestation.fixtures.TestPki;
import attestation.fixtures.TestTls;
import attestation.fixtures.TpmFault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Signals and exit codes, of a process of its own. */
class DaemonProcessTest {
    @TempDir Path folder;

    private TestDaemon configured(Swtpm tpm, int port) {
        GrowingLog log = GrowingLog.in(folder, tpm);
        log.append(MeasuredEntry.named("boot_aggregate", 0));
        log.appendSynthetic(10);
        return new TestDaemon(folder, tpm.tcti(), log).set("https.port", String.valueOf(port));
    }

    private static HttpClient client(TestDaemon files, TestPki.Identity identity) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(TestTls.context(files.certificate(), identity))
                .build();
    }

    private static HttpRequest get(int port, String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(40))
                .build();
    }

    @Test
    void process_servesReloadsRefusesASecondAndStopsUnderLoadWithZero() throws Exception {
        int port = Ports.free();
        Path ca = Files.copy(TestPki.ec().otherCa(), folder.resolve("clients.pem"));
        try (Swtpm tpm = Swtpm.builder().shared().start()) {
            List<Integer> handles = tpm.transientHandles();
            List<Integer> sessions = tpm.sessions();
            TestDaemon files =
                    configured(tpm, port)
                            .set("https.trusted_client_ca", "[" + TestDaemon.quoted(ca) + "]");
            Path config = files.writeConfig();
            try (DaemonProcess first = new DaemonProcess(config)) {
                first.awaitOutput("Starting server");
                hangUp(first, files, ca, port);
                secondInstance(config, first);
                terminateUnderLoad(first, files, port);
            }
            assertFalse(Files.exists(files.socket()));
            assertEquals(handles, tpm.transientHandles());
            assertEquals(sessions, tpm.sessions());
        }
    }

    private static void hangUp(DaemonProcess first, TestDaemon files, Path ca, int port)
            throws Exception {
        Files.copy(TestPki.ec().ca(), ca, StandardCopyOption.REPLACE_EXISTING);
        first.signal("HUP");
        first.awaitOutput("reloaded certificates");
        HttpClient trusted = client(files, TestPki.ec().client());
        assertEquals(
                200, trusted.send(get(port, "/version"), BodyHandlers.ofString()).statusCode());
    }

    private static void secondInstance(Path config, DaemonProcess first) throws Exception {
        try (DaemonProcess second = new DaemonProcess(config)) {
            assertEquals(75, second.exitCode(), second.output());
            assertTrue(second.output().contains(String.valueOf(first.pid())), second.output());
        }
    }

    /** Each request is answered in full or its connection was never taken: nothing in between. */
    private static void terminateUnderLoad(DaemonProcess first, TestDaemon files, int port)
            throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger strange = new AtomicInteger();
        List<CompletableFuture<Void>> loads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            HttpClient client = client(files, TestPki.ec().client());
            loads.add(CompletableFuture.runAsync(() -> load(client, port, answered, strange)));
        }
        Await.until("load", () -> answered.get() > 20);
        first.signal("TERM");
        assertEquals(0, first.exitCode(), first.output());
        loads.forEach(CompletableFuture::join);
        assertEquals(0, strange.get(), first.output());
        assertTrue(first.output().contains("stopped"), first.output());
    }

    private static void load(
            HttpClient client, int port, AtomicInteger answered, AtomicInteger strange) {
        try {
            while (true) {
                String path = Visitor.integrity("abc", Visitor.IMA, 0);
                var answer = client.send(get(port, path), BodyHandlers.ofString());
                boolean whole = answer.statusCode() == 200 && answer.body().endsWith("}}");
                (whole ? answered : strange).incrementAndGet();
            }
        } catch (IOException e) {
            // the agent has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No resource manager cleans up: EK and session stay, beside what is somebody else's. */
    @Test
    void killedInTheMiddleOfASession_nextStartFlushesWhatWasOursAndNothingElse() throws Exception {
        try (Swtpm tpm = Swtpm.builder().shared().start()) {
            int port = Ports.free();
            TestDaemon files = configured(tpm, port);
            Path config = files.writeConfig();
            Path notes = files.state().resolve(StateDirectory.TPM_SESSIONS);
            try (DaemonProcess first = new DaemonProcess(config)) {
                first.awaitOutput("Starting server");
                files.awaitServing();
                first.signal("TERM");
                assertEquals(0, first.exitCode());
            }
            List<Integer> foreign = foreigners(tpm);
            tpm.proxy().inject(TPM2_LOAD, new TpmFault.Hang());
            try (DaemonProcess killed = new DaemonProcess(config)) {
                Await.until("a session is open", () -> Files.exists(notes));
                Await.until("loading", () -> handles(tpm).size() == foreign.size() + 2);
                killed.signal("KILL");
                assertEquals(128 + 9, killed.exitCode());
            }
            tpm.proxy().releaseHung();
            assertEquals(foreign.size() + 2, handles(tpm).size(), "EK and session of the killed");
            try (DaemonProcess next = new DaemonProcess(config)) {
                next.awaitOutput("Starting server");
                files.awaitServing();
                List<Integer> now = handles(tpm);
                assertTrue(now.containsAll(foreign), now + " without " + foreign);
                assertEquals(foreign.size() + 1, now.size(), "the AK alone is ours");
                next.signal("TERM");
                assertEquals(0, next.exitCode());
            }
            assertEquals(foreign, handles(tpm));
        }
    }

    private static final int TPM2_LOAD = 0x157;

    /** TPM2_StartAuthSession: policy, SHA-256, neither salted nor bound. */
    static byte[] startSession() {
        String head = "80010000002b00000176" + "4000000740000007";
        String nonce = "0010" + "00".repeat(16);
        return HexFormat.of().parseHex(head + nonce + "0000" + "01" + "0010" + "000b");
    }

    private static List<Integer> handles(Swtpm tpm) {
        List<Integer> all = new ArrayList<>(tpm.transientHandles());
        all.addAll(tpm.sessions());
        return all.stream().sorted().toList();
    }

    /** A session and an object of another program. */
    private static List<Integer> foreigners(Swtpm tpm) throws IOException {
        tpm.raw().transmit(startSession());
        tpm.run("tpm2_createprimary", "-C", "o", "-c", "foreign.ctx");
        List<Integer> all = handles(tpm);
        assertEquals(2, all.size());
        return all;
    }

    @Test
    void portTaken_exits78NamingIt() throws Exception {
        try (Swtpm tpm = Swtpm.builder().shared().start();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DaemonProcess agent =
                        new DaemonProcess(configured(tpm, taken.getLocalPort()).writeConfig())) {
            assertEquals(78, agent.exitCode(), agent.output());
            assertTrue(
                    agent.output()
                            .contains("127.0.0.1:" + taken.getLocalPort() + ": the port is taken"),
                    agent.output());
            assertFalse(agent.output().contains("\tat "), agent.output());
        }
    }

    @Test
    void brokenConfiguration_exits78WithEveryProblemAndNoSecret() throws Exception {
        Path config =
                Files.writeString(
                        folder.resolve("broken.toml"),
                        """
                        [https]
                        prot = 9002
                        max_body_bytes = "many"
                        trusted_client_ca = ["/nowhere/ca.pem"]
                        [tpm]
                        endorsement_password = ["s3cr3t-one"]
                        seal_stat = true
                        [payload]
                        key_password = 12345678
                        """);
        try (DaemonProcess agent = new DaemonProcess(config)) {
            assertEquals(78, agent.exitCode(), agent.output());
            String output = agent.output();
            assertTrue(output.contains("broken.toml:2") && output.contains("port"), output);
            assertTrue(output.contains("broken.toml:3"), output);
            assertTrue(output.contains("/nowhere/ca.pem"), output);
            assertTrue(output.contains("broken.toml:7") && output.contains("seal_state"), output);
            assertFalse(output.contains("s3cr3t") || output.contains("12345678"), output);
        }
    }

    @Test
    void missingConfiguration_exits78NamingTheFile() throws Exception {
        try (DaemonProcess agent = new DaemonProcess(folder.resolve("absent.toml"))) {
            assertEquals(78, agent.exitCode(), agent.output());
            assertTrue(agent.output().contains("absent.toml"), agent.output());
        }
    }
}
