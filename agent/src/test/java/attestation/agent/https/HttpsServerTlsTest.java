// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.SSLEngine;

/** Who gets in, on real sockets, with both TLS implementations. */
class HttpsServerTlsTest {
    private static final HttpLimits TEN_AND_PATIENT =
            Limits.with(
                    limits -> {
                        limits.connectionsPerPeer = 10;
                        limits.handshakeMillis = 600_000;
                    });

    @TempDir static Path dir;
    private static Pki pki = new Pki(Path.of("/"));

    @BeforeAll
    static void makePki() throws Exception {
        pki = Pki.standard(dir);
    }

    private static TestServer server(TlsProvider provider) throws Exception {
        return TestServer.tls(
                provider,
                HttpLimits.defaults(),
                pki,
                exchange ->
                        TestServer.text(
                                exchange.path()
                                        + " "
                                        + exchange.peer()
                                                .certificate()
                                                .map(c -> c.getSubjectX500Principal().getName())
                                                .orElse("?")));
    }

    @ParameterizedTest
    @CsvSource({
        "BORINGSSL,TLSv1.3",
        "BORINGSSL,TLSv1.2",
        "JDK,TLSv1.3",
        "JDK,TLSv1.2",
    })
    void request_trustedClient_isServedWithItsCertificate(TlsProvider provider, String protocol)
            throws Exception {
        try (TestServer server = server(provider);
                RawClient client = RawClient.tls(server.port, pki.client("client"), protocol)) {
            assertEquals("/a CN=client", client.get("/a").text());
            assertEquals("/b CN=client", client.get("/b").text());
            assertEquals(1, server.server.counters().handshakes());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void request_clientWithoutUsageExtensions_isServed(TlsProvider provider) throws Exception {
        try (TestServer server = server(provider);
                RawClient client = RawClient.tls(server.port, pki.client("plain-client"))) {
            assertEquals(200, client.get("/").status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BORINGSSL,TLSv1.3,expired,EXPIRED,expired 2020-02-01",
        "BORINGSSL,TLSv1.3,future,NOT_YET_VALID,begins 2099-01-01",
        "BORINGSSL,TLSv1.3,other-client,UNTRUSTED,issued by CN=other-ca",
        "BORINGSSL,TLSv1.3,server-only,WRONG_USAGE,lacks clientAuth",
        "BORINGSSL,TLSv1.2,expired,EXPIRED,expired 2020-02-01",
        "BORINGSSL,TLSv1.2,other-client,UNTRUSTED,issued by CN=other-ca",
        "JDK,TLSv1.3,expired,EXPIRED,expired 2020-02-01",
        "JDK,TLSv1.3,future,NOT_YET_VALID,begins 2099-01-01",
        "JDK,TLSv1.3,other-client,UNTRUSTED,issued by CN=other-ca",
        "JDK,TLSv1.3,server-only,WRONG_USAGE,lacks clientAuth",
        "JDK,TLSv1.2,expired,EXPIRED,expired 2020-02-01",
    })
    void handshake_badClientCertificate_isRefusedWithReason(
            TlsProvider provider, String protocol, String client, Refusal.Kind kind, String detail)
            throws Exception {
        try (TestServer server = server(provider)) {
            assertRefused(server, client, protocol);
            Refusal refusal = server.refusal(kind);
            assertTrue(refusal.detail().contains(detail), refusal.detail());
            assertTrue(refusal.peer().startsWith("127.0.0.1:"), refusal.peer());
            assertEquals(List.of(), server.served);
            assertEquals(1, server.refusals.size(), server.refusals.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL,TLSv1.3", "BORINGSSL,TLSv1.2", "JDK,TLSv1.3", "JDK,TLSv1.2"})
    void handshake_noClientCertificate_isRefused(TlsProvider provider, String protocol)
            throws Exception {
        try (TestServer server = server(provider)) {
            assertRefused(server, null, protocol);
            server.refusal(Refusal.Kind.NO_CERTIFICATE);
            assertEquals(List.of(), server.served);
        }
    }

    private static void assertRefused(
            TestServer server, @org.jspecify.annotations.Nullable String client, String protocol) {
        assertThrows(
                IOException.class,
                () -> {
                    try (RawClient raw = RawClient.tls(server.port, pki.client(client), protocol)) {
                        raw.get("/version");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void handshake_plainHttp_isRefusedAsNotTls(TlsProvider provider) throws Exception {
        try (TestServer server = server(provider);
                RawClient client = RawClient.tcp(server.port)) {
            client.send("GET /version HTTP/1.1\r\nHost: t\r\n\r\n");
            server.refusal(Refusal.Kind.NOT_TLS);
            assertEquals(List.of(), server.served);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void handshake_clientDistrustsServer_isToldApart(TlsProvider provider) throws Exception {
        try (TestServer server = server(provider)) {
            var distrusting = javax.net.ssl.SSLContext.getInstance("TLS");
            distrusting.init(null, null, null);
            assertThrows(IOException.class, () -> RawClient.tls(server.port, distrusting).close());
            server.refusal(Refusal.Kind.REFUSED_BY_CLIENT);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BORINGSSL,-tls1_3",
        "BORINGSSL,-tls1_2",
        "JDK,-tls1_3",
        "JDK,-tls1_2",
    })
    void session_offeredAgain_isNeverResumed(TlsProvider provider, String protocol)
            throws Exception {
        try (TestServer server = server(provider)) {
            Path session = dir.resolve(provider + protocol + ".session");
            String first = sClient(server.port, protocol, "-sess_out", session);
            assertTrue(first.contains("New, TLSv1"), first);
            assertTrue(first.contains("HTTP/1.1 200"), first);
            assertTrue(!first.contains("Post-Handshake New Session Ticket"), first);
            if (Files.exists(session)) {
                String second = sClient(server.port, protocol, "-sess_in", session);
                assertTrue(!second.contains("Reused, TLSv1"), second);
                assertTrue(second.contains("HTTP/1.1 200"), second);
            }
        }
    }

    private static String sClient(int port, String protocol, String option, Path session)
            throws Exception {
        Process process =
                new ProcessBuilder(
                                "openssl",
                                "s_client",
                                "-connect",
                                "127.0.0.1:" + port,
                                protocol,
                                "-cert",
                                pki.cert("client").toString(),
                                "-key",
                                pki.key("client").toString(),
                                "-CAfile",
                                pki.cert("ca").toString(),
                                option,
                                session.toString(),
                                "-ign_eof")
                        .redirectErrorStream(true)
                        .start();
        try (var out = process.getOutputStream()) {
            out.write(
                    "GET /v HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        String said =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.ISO_8859_1);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void reload_caRemoved_closesItsClientsAndNoOthers(TlsProvider provider) throws Exception {
        try (TestServer server = server(provider)) {
            server.server.reload(pki.material("ca", "other-ca"));
            try (RawClient stays = RawClient.tls(server.port, pki.client("client"));
                    RawClient goes = RawClient.tls(server.port, pki.client("other-client"))) {
                assertEquals("/x CN=client", stays.get("/x").text());
                assertEquals("/x CN=other-client", goes.get("/x").text());
                server.server.reload(pki.material("ca"));
                assertTrue(goes.closedByServer());
                assertEquals("/y CN=client", stays.get("/y").text());
                server.refusal(Refusal.Kind.CA_REMOVED);
            }
            assertRefused(server, "other-client", "TLSv1.3");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void reload_newServerCertificate_isShownToNewConnections(TlsProvider provider)
            throws Exception {
        try (TestServer server = server(provider);
                RawClient old = RawClient.tls(server.port, pki.client("client"))) {
            pki.leaf("server2", "ca", "-days 30", "subjectAltName=IP:127.0.0.1");
            server.server.reload(TlsMaterial.load(pki.files("server2", "ca")));
            assertEquals(200, old.get("/").status());
            try (RawClient fresh = RawClient.tls(server.port, pki.client("client"))) {
                var session = ((javax.net.ssl.SSLSocket) fresh.socket()).getSession();
                assertEquals("CN=server2", session.getPeerPrincipal().getName());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void handshake_neverFinished_isEndedInTime(TlsProvider provider) throws Exception {
        HttpLimits limits = Limits.with(b -> b.handshakeMillis = 200);
        try (TestServer server =
                        TestServer.tls(provider, limits, pki, e -> TestServer.text("never"));
                RawClient silent = RawClient.tcp(server.port)) {
            assertTrue(silent.closedByServer());
            server.refusal(Refusal.Kind.HANDSHAKE_TIMEOUT);
        }
    }

    /** The oldest of all, but at least it has said who it wants to be. */
    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void handshake_underAFloodOfFirstBytes_isNotWhatMakesRoom(TlsProvider provider)
            throws Exception {
        List<RawClient> flood = new ArrayList<>();
        try (TestServer server =
                        TestServer.tls(
                                provider, TEN_AND_PATIENT, pki, exchange -> TestServer.text("ok"));
                RawClient begun = RawClient.tcp(server.port)) {
            begun.send(clientHello());
            begun.socket().getInputStream().read(); // the server's hello
            for (int i = 0; i < 30; i++) {
                flood.add(RawClient.tcp(server.port).send(new byte[] {22}));
            }
            Await.until(() -> evicted(server).size() == 21, "21 of 31 made room");
            String port = ":" + begun.socket().getLocalPort();
            assertFalse(evicted(server).stream().anyMatch(peer -> peer.endsWith(port)));
        } finally {
            closeAll(flood);
        }
    }

    /** The kernel keeps them: they take no place, so none is needed. */
    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void handshake_underAFloodOfSilentConnections_nobodyMakesRoom(TlsProvider provider)
            throws Exception {
        List<RawClient> flood = new ArrayList<>();
        try (TestServer server =
                TestServer.tls(provider, TEN_AND_PATIENT, pki, exchange -> TestServer.text("ok"))) {
            for (int i = 0; i < 100; i++) {
                flood.add(RawClient.tcp(server.port));
            }
            try (RawClient client = RawClient.tls(server.port, pki.client("client"))) {
                assertEquals("ok", client.get("/").text());
            }
            assertEquals(1, server.server.counters().connections());
            assertEquals(List.of(), evicted(server));
        } finally {
            closeAll(flood);
        }
    }

    private static void closeAll(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    private static List<String> evicted(TestServer server) {
        return server.refusals.stream()
                .filter(refusal -> refusal.kind() == Refusal.Kind.EVICTED)
                .map(Refusal::peer)
                .toList();
    }

    private static byte[] clientHello() throws Exception {
        SSLEngine engine = pki.client("client").createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void stop_requestInFlight_endsWithItsAnswer(TlsProvider provider) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        TestServer server =
                TestServer.tls(
                        provider,
                        HttpLimits.defaults(),
                        pki,
                        exchange -> {
                            entered.countDown();
                            mayAnswer.await();
                            return TestServer.text("done");
                        });
        try (RawClient client = RawClient.tls(server.port, pki.client("client"))) {
            client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            entered.await();
            Thread stopping =
                    Thread.ofPlatform()
                            .start(() -> server.server.stop(java.time.Duration.ofSeconds(20)));
            Await.until(() -> refusesConnections(server.port), "port closed");
            mayAnswer.countDown();
            RawClient.Reply reply = client.reply();
            assertEquals("done", reply.text());
            assertEquals("close", reply.field("connection"));
            stopping.join(20_000);
            assertEquals(0, server.server.counters().openConnections());
        }
    }

    private static boolean refusesConnections(int port) {
        try (RawClient client = RawClient.tcp(port)) {
            return !client.socket().isConnected();
        } catch (IOException e) {
            return true;
        }
    }
}
