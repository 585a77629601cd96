// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.https.HttpsEvents;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

class StatusServerTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Path dir = Path.of("/");
    private Path socket = Path.of("/");
    private final AtomicReference<Health> health = new AtomicReference<>(Health.OK);
    private final List<StatusServer> started = new ArrayList<>();

    @BeforeEach
    void makeDirectory() throws IOException {
        dir = Files.createTempDirectory(Path.of("/tmp"), "st");
        socket = dir.resolve("run").resolve("agent.sock");
    }

    @AfterEach
    void stopAll() throws IOException {
        started.forEach(StatusServer::stop);
        try (var tree = Files.walk(dir)) {
            for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Section tpm() {
        return new Section(
                "tpm",
                "TPM",
                health.get(),
                health.get() == Health.OK ? "" : "no answer \u001b[31m",
                health.get() == Health.OK ? "" : "look at the chip",
                List.of(
                        new Section.Field("vendor", "vendor", "IFX\n\u00e9"),
                        new Section.Field("queue_length", "waiting", 3L),
                        new Section.Field("quotes_total", "quotes", 1234L),
                        new Section.Field("load", "load", 0.5),
                        new Section.Field("present", "present", true),
                        new Section.Field("banks", "banks", List.of("sha256", "sha384"))));
    }

    private StatusServer start(String group) throws IOException {
        StatusServer server =
                new StatusServer(
                        new StatusSettings(socket, 0660, group, "1.2.3"),
                        List.of(this::tpm),
                        HttpsEvents.none(),
                        Clock.systemUTC());
        server.start();
        started.add(server);
        return server;
    }

    private StatusClient client() {
        return new StatusClient(socket, SOON);
    }

    private String curl(String path) throws Exception {
        Process process =
                new ProcessBuilder(
                                "curl",
                                "-s",
                                "-w",
                                "%{http_code}",
                                "--unix-socket",
                                socket.toString(),
                                "http://localhost" + path)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return said;
    }

    @Test
    void status_overTheSocket_isTheReportAsPublished() throws Exception {
        start("");
        StatusReport report = client().status();
        assertEquals("1.2.3", report.version());
        assertEquals(ProcessHandle.current().pid(), report.pid());
        assertEquals(Health.OK, report.verdict());
        assertEquals(List.of(tpm()), report.sections());
        assertTrue(curl("/status").startsWith("{\"version\":\"1.2.3\",\"pid\":"));
    }

    @Test
    void health_followsTheVerdict() throws Exception {
        start("");
        assertTrue(
                curl("/health")
                        .endsWith(
                                "\"verdict\":\"ok\",\"reason\":\"\",\"next\":\"\",\"sections\":[]}\n200"));
        health.set(Health.DEGRADED);
        assertTrue(curl("/health").endsWith("\n200"));
        health.set(Health.FAILING);
        String failing = curl("/health");
        assertTrue(failing.endsWith("\n503"), failing);
        assertTrue(failing.contains("\"next\":\"look at the chip\""), failing);
    }

    @Test
    void path_unknownOrMethodWrong_isRefused() throws Exception {
        start("");
        assertTrue(curl("/nothing").endsWith("404"));
        try (SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String request = "DELETE /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            raw.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer in = ByteBuffer.allocate(200);
            raw.read(in);
            String reply = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
            assertTrue(reply.startsWith("HTTP/1.1 405 "), reply);
        }
    }

    @Test
    void socket_isForTheGroupOnly_andGoneAfterStop() throws Exception {
        StatusServer server = start("daemon");
        assertEquals(
                "rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        assertEquals(
                "rwxr-x---",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
        if ("root".equals(System.getProperty("user.name"))) {
            assertEquals("daemon", Files.getAttribute(socket, "posix:group").toString());
            assertEquals(Health.OK, server.report().verdict());
        }
        server.stop();
        assertFalse(Files.exists(socket));
    }

    @Test
    void group_unknown_isAWarningInTheStatus() throws Exception {
        StatusReport report = start("no-such-group-here").report();
        assertEquals(Health.DEGRADED, report.verdict());
        assertEquals(
                "group no-such-group-here does not exist (expected: made on install)",
                report.reason());
    }

    @Test
    void start_secondInstance_isRefusedNamingTheFirst() throws Exception {
        start("");
        SecondInstanceException e = assertThrows(SecondInstanceException.class, () -> start(""));
        assertEquals(ProcessHandle.current().pid(), e.pid());
        assertTrue(String.valueOf(e.getMessage()).contains("pid " + e.pid()), e.getMessage());
        assertEquals(Health.OK, client().status().verdict());
    }

    @Test
    void start_otherProgramListensThere_isRefused() throws Exception {
        Files.createDirectory(dir.resolve("run"));
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket));
            assertThrows(SecondInstanceException.class, () -> start(""));
            assertTrue(Files.exists(socket));
        }
    }

    @Test
    void start_staleSocketOfTheDead_isReplaced() throws Exception {
        Files.createDirectory(dir.resolve("run"));
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertTrue(Files.exists(socket));
        start("");
        assertEquals(Health.OK, client().status().verdict());
    }

    @Test
    void start_somethingElseInItsPlace_isLeftAlone() throws Exception {
        Files.createDirectory(dir.resolve("run"));
        Files.writeString(socket, "precious");
        IOException e = assertThrows(IOException.class, () -> start(""));
        assertTrue(String.valueOf(e.getMessage()).contains("is no socket"), e.getMessage());
        assertEquals("precious", Files.readString(socket));
    }

    @Test
    void start_afterStop_worksAgain() throws Exception {
        start("").stop();
        start("");
        assertEquals(Health.OK, client().status().verdict());
    }

    @Test
    void client_nobodyThere_isNotRunning() throws Exception {
        StatusException missing = assertThrows(StatusException.class, () -> client().status());
        assertEquals(StatusException.Kind.NOT_RUNNING, missing.kind());
        Files.createDirectory(dir.resolve("run"));
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        StatusException refused = assertThrows(StatusException.class, () -> client().status());
        assertEquals(StatusException.Kind.NOT_RUNNING, refused.kind());
    }

    @Test
    void client_answerIsNone_orNonsense_orEndless_isBadAnswer() throws Exception {
        assertEquals("none within 150 ms", badAnswer("", 150, true));
        assertEquals("not HTTP", badAnswer("SSH-2.0-x\r\n\r\n", 20_000, false));
        assertEquals(
                "cut off after 2 bytes",
                badAnswer("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", 20_000, false));
        assertEquals(
                "member sections is missing",
                badAnswer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", 20_000, false));
        assertEquals("more than 4194304 bytes", badAnswer("x".repeat(5 << 20), 20_000, false));
    }

    private String badAnswer(String bytes, int millis, boolean stayOpen) throws Exception {
        Path path = dir.resolve("fake" + System.nanoTime());
        try (ServerSocketChannel fake = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            fake.bind(UnixDomainSocketAddress.of(path));
            Thread answering = Thread.ofVirtual().start(() -> answer(fake, bytes, stayOpen));
            StatusException e =
                    assertThrows(
                            StatusException.class,
                            () -> new StatusClient(path, Duration.ofMillis(millis)).status());
            assertEquals(StatusException.Kind.BAD_ANSWER, e.kind());
            answering.interrupt();
            String text = String.valueOf(e.getMessage());
            return text.replaceFirst(".*no usable answer: (status: )?", "")
                    .replaceFirst("; see.*", "");
        }
    }

    private static void answer(ServerSocketChannel fake, String bytes, boolean stayOpen) {
        try (SocketChannel peer = fake.accept();
                OutputStream out = java.nio.channels.Channels.newOutputStream(peer)) {
            peer.read(ByteBuffer.allocate(1000));
            out.write(bytes.getBytes(StandardCharsets.US_ASCII));
            while (stayOpen && peer.read(ByteBuffer.allocate(10)) >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            return; // the client had enough
        }
    }

    @Test
    void client_withoutPermission_isToldTheGroup() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "needs root to become another");
        start("daemon");
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        String closedDirectory = asNobody();
        assertEquals("NOT_PERMITTED", closedDirectory.lines().findFirst().orElse(""));
        Files.setPosixFilePermissions(
                socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        String closedSocket = asNobody();
        assertEquals("NOT_PERMITTED", closedSocket.lines().findFirst().orElse(""));
        assertTrue(closedSocket.contains("member of group daemon"), closedSocket);
    }

    /** Runs {@link AskStatus} as another user, from a copy of the classes that it may read. */
    private String asNobody() throws Exception {
        Path copy = dir.resolve("classes");
        if (!Files.exists(copy)) {
            copy(classesOf(StatusClient.class), copy);
            copy(classesOf(AskStatus.class), copy);
        }
        Process process =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                ProcessHandle.current().info().command().orElse("java"),
                                "-Xshare:auto",
                                "-cp",
                                copy.toString(),
                                AskStatus.class.getName(),
                                socket.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private static Path classesOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolve("attestation/agent/status");
    }

    private static void copy(Path from, Path to) throws IOException {
        Path target = Files.createDirectories(to.resolve("attestation/agent/status"));
        try (var classes = Files.list(from)) {
            for (Path path : classes.toList()) {
                Path name = path.getFileName();
                if (name != null && !Files.exists(target.resolve(name))) {
                    Files.copy(path, target.resolve(name));
                }
            }
        }
    }

    @Test
    void text_ofAFailingReport_leadsWithTheReasonAndEscapes() {
        health.set(Health.FAILING);
        Instant since = Instant.parse("2026-01-01T00:00:00Z");
        StatusReport report =
                StatusReport.collect(
                        "1.2.3", 71, since, since.plusSeconds(7384), List.of(this::tpm));
        assertEquals(
                """
                attestation-agent 1.2.3: failing - no answer \\u001b[31m
                next: look at the chip
                pid 71, running for 2h 3m, since 2026-01-01T00:00:00Z

                TPM: failing - no answer \\u001b[31m
                  next: look at the chip
                  vendor   IFX\\n\\u00e9
                  waiting  3
                  quotes   1,234
                  load     0.5
                  present  yes
                  banks    sha256
                           sha384
                """,
                StatusText.write(report));
    }

    @Test
    void report_sourceThatThrowsOrNone_isFailing() {
        Instant now = Instant.EPOCH;
        SectionSource broken =
                () -> {
                    throw new IllegalStateException("bug");
                };
        StatusReport report = StatusReport.collect("v", 1, now, now, List.of(this::tpm, broken));
        assertEquals(Health.FAILING, report.verdict());
        assertTrue(report.reason().contains("bug"));
        assertEquals(2, report.sections().size());
        assertEquals(Health.FAILING, StatusReport.collect("v", 1, now, now, List.of()).verdict());
    }
}
