// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** HTTP/1.1 as it may come over the wire, on a plain socket so that every byte is the test's. */
class HttpsServerHttpTest {
    private static final String HOST = "Host: t\r\n";

    private static Answer.Whole echo(Exchange e) {
        return TestServer.text(
                e.method()
                        + " "
                        + e.path()
                        + " "
                        + e.query()
                        + " "
                        + new String(e.body(), StandardCharsets.UTF_8));
    }

    private static TestServer server() throws Exception {
        return TestServer.plain(Limits.with(l -> {}), HttpsServerHttpTest::echo);
    }

    @Test
    void get_withQuery_isDecodedInOrder() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            RawClient.Reply reply = client.get("/a%2Fb/%C3%A9?nonce=x%20y+z&mask=0x1&nonce=2&f&=");
            assertEquals(
                    "GET /a/b/\u00e9 {nonce=[x y z, 2], mask=[0x1], f=[], =[]} ", reply.text());
            assertEquals("keep-alive", reply.field("connection"));
            assertTrue(String.valueOf(reply.field("date")).endsWith(" GMT"));
        }
    }

    @Test
    void get_absoluteForm_isTakenAsItsPath() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            assertEquals("GET /v {} ", client.get("http://t:9/v").text());
        }
    }

    @Test
    void head_wholeAnswer_hasLengthAndNoBody() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            RawClient.Reply reply =
                    client.send("HEAD /x HTTP/1.1\r\n" + HOST + "\r\n").reply(false);
            assertEquals("11", reply.field("content-length"));
            assertEquals("GET /y {} ", client.get("/y").text());
        }
    }

    @Test
    void method_unknown_reachesTheHandler() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            client.send("BREW /pot HTTP/1.1\r\n" + HOST + "\r\n");
            assertEquals("BREW /pot {} ", client.reply().text());
        }
    }

    @Test
    void post_chunked_isPutTogether() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            client.send(
                    "POST /p HTTP/1.1\r\n"
                            + HOST
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
            assertEquals("POST /p {} abcde", client.reply().text());
            assertEquals(200, client.get("/").status());
        }
    }

    @Test
    void post_expectContinue_isToldToGoOn() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            client.send(
                    "POST /p HTTP/1.1\r\n"
                            + HOST
                            + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.head());
            assertEquals("POST /p {} ok", client.send("ok").reply().text());
        }
    }

    @Test
    void post_expectContinueBeyondLimit_isRefusedBeforeTheBody() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            client.send(
                    "POST /p HTTP/1.1\r\n"
                            + HOST
                            + "Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n");
            RawClient.Reply reply = client.reply();
            assertEquals(400, reply.status());
            assertTrue(reply.text().contains("body: 70000 bytes (expected: <= 65536)"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.0,'',close",
        "HTTP/1.0,Connection: keep-alive,keep-alive",
        "HTTP/1.1,Connection: close,close",
        "HTTP/1.1,'Connection: TE, close',close",
        "HTTP/1.1,'',keep-alive",
    })
    void connection_isKeptAsTheClientWants(String version, String field, String expected)
            throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            String fields = field.isEmpty() ? "" : field + "\r\n";
            client.send("GET / " + version + "\r\n" + HOST + fields + "\r\n");
            RawClient.Reply reply = client.reply();
            assertEquals(200, reply.status());
            assertEquals(expected, reply.field("connection"));
            if (expected.equals("close")) {
                assertTrue(client.closedByServer());
            } else {
                assertEquals(200, client.get("/").status());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE||",
                "GET / HTTP/2.0|Host: t||",
                "GET / HTTP/1.2|Host: t||",
                "GET / HTTP/1.1||",
                "GET / HTTP/1.1|Host: a|Host: b||",
                "GET / HTTP/1.1|Host: t|No colon||",
                "GET / HTTP/1.1|Host: t|Bad name: x||",
                "GET /%zz HTTP/1.1|Host: t||",
                "GET /%ff HTTP/1.1|Host: t||",
                "GET /a?b=%00 HTTP/1.1|Host: t||",
                "GET nopath HTTP/1.1|Host: t||",
                "OPTIONS * HTTP/1.1|Host: t||",
                "POST / HTTP/1.1|Host: t|Content-Length: 1|Content-Length: 2||x",
                "POST / HTTP/1.1|Host: t|Content-Length: 1|Content-Length: 1||x",
                "POST / HTTP/1.1|Host: t|Content-Length: 1, 1||x",
                "POST / HTTP/1.1|Host: t|Content-Length: +1||x",
                "POST / HTTP/1.1|Host: t|Content-Length: -1||x",
                "POST / HTTP/1.1|Host: t|Content-Length: 0x1||x",
                "POST / HTTP/1.1|Host: t|Content-Length: 99999999999999999999||x",
                "POST / HTTP/1.1|Host: t|Content-Length: 1|" + "Transfer-Encoding: chunked||0||",
                "POST / HTTP/1.1|Host: t|Transfer-Encoding: chunked|" + "Content-Length: 1||0||",
                "POST / HTTP/1.1|Host: t|Transfer-Encoding: gzip, chunked||0||",
                "POST / HTTP/1.1|Host: t|Transfer-Encoding: xchunked||0||",
                "POST / HTTP/1.1|Host: t|Transfer-Encoding: chunked|"
                        + "Transfer-Encoding: identity||0||",
                "POST / HTTP/1.1|Host: t|Transfer-Encoding : chunked||0||",
                "POST / HTTP/1.0|Host: t|Transfer-Encoding: chunked||0||",
                "POST / HTTP/1.1|Host: t|Transfer-Encoding: chunked||zz||",
                "POST / HTTP/1.1|Host: t|Transfer-Encoding: chunked||-1||",
                "GET / HTTP/1.1\nHost: t\n\n",
            })
    void request_malformedOrAmbiguous_isRefusedAndConnectionClosed(String request)
            throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            client.send(request.replace("|", "\r\n") + "GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n");
            RawClient.Reply reply = client.reply();
            assertEquals(400, reply.status(), reply.text());
            assertEquals("close", reply.field("connection"));
            assertTrue(client.closedByServer());
            assertTrue(server.served.stream().noneMatch(s -> s.contains("smuggled")));
            server.refusal(Refusal.Kind.BAD_REQUEST);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%1$s HTTP/1.1\r\nHost: t\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\nX: %1$s\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\n%2$s\r\n\r\n",
            })
    void head_overTheLimit_isRefused(String form) throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            client.send(String.format(form, "a".repeat(5000), "X: y\r\n".repeat(2000)));
            assertEquals(400, client.reply().status());
            assertTrue(client.closedByServer());
        }
    }

    @Test
    void body_overTheLimit_isRefusedWhateverItsFraming() throws Exception {
        try (TestServer server = server();
                RawClient length = RawClient.tcp(server.port);
                RawClient chunked = RawClient.tcp(server.port)) {
            length.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 65537\r\n\r\n");
            assertEquals(400, length.reply().status());
            chunked.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
            chunked.send(chunk.repeat(5));
            RawClient.Reply reply = chunked.reply();
            assertEquals(400, reply.status());
            assertTrue(reply.text().contains("expected: <= 65536"), reply.text());
        }
    }

    @Test
    void body_asLongAsTheLimit_isTaken() throws Exception {
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 65536\r\n\r\n");
            client.send("x".repeat(65536));
            assertEquals("POST / {} ".length() + 65536, client.reply().body().length);
        }
    }

    @Test
    void pipeline_tenThousandRequests_areAnsweredInOrder() throws Exception {
        int count = 10_000;
        try (TestServer server = server();
                RawClient client = RawClient.tcp(server.port)) {
            Thread sender =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            for (int i = 0; i < count; i++) {
                                                client.send(
                                                        "GET /"
                                                                + i
                                                                + " HTTP/1.1\r\nHost: t\r\n\r\n");
                                            }
                                        } catch (java.io.IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    });
            for (int i = 0; i < count; i++) {
                assertEquals("GET /" + i + " {} ", client.reply().text());
            }
            sender.join();
            // Counted when the answer has left, which its client may see first.
            Await.until(
                    () -> server.server.counters().answers().getOrDefault(200, 0L) == count,
                    "all are counted");
        }
    }

    @Test
    void pipeline_brokenSecondRequest_isRefusedAfterTheFirstAnswer() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> {}),
                                e -> {
                                    go.await();
                                    return echo(e);
                                });
                RawClient client = RawClient.tcp(server.port)) {
            client.send("GET /1 HTTP/1.1\r\nHost: t\r\n\r\nBROKEN\r\n\r\n");
            server.refusal(Refusal.Kind.BAD_REQUEST);
            go.countDown();
            assertEquals("GET /1 {} ", client.reply().text());
            assertEquals(400, client.reply().status());
            assertTrue(client.closedByServer());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: t\r\nX"})
    void head_halfSent_isRefusedInTime(String half) throws Exception {
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.headMillis = 150), HttpsServerHttpTest::echo);
                RawClient client = RawClient.tcp(server.port)) {
            client.send(half);
            assertEquals(408, client.reply().status());
            assertTrue(client.closedByServer());
            server.refusal(Refusal.Kind.REQUEST_TIMEOUT);
        }
    }

    @Test
    void body_halfSent_isRefusedInTime() throws Exception {
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.bodyMillis = 150), HttpsServerHttpTest::echo);
                RawClient client = RawClient.tcp(server.port)) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab");
            assertEquals(408, client.reply().status());
            assertTrue(client.closedByServer());
        }
    }

    @Test
    void idle_beyondItsTime_isClosedWithoutAWord() throws Exception {
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.idleMillis = 150), HttpsServerHttpTest::echo);
                RawClient silent = RawClient.tcp(server.port);
                RawClient used = RawClient.tcp(server.port)) {
            assertEquals(200, used.get("/").status());
            assertTrue(silent.closedByServer());
            assertTrue(used.closedByServer());
            assertEquals(List.of(), server.refusals);
        }
    }

    @Test
    void idleFlood_thousandConnections_othersAreServed() throws Exception {
        List<RawClient> idle = new ArrayList<>();
        try (TestServer server =
                TestServer.plain(
                        Limits.with(l -> l.connections = 100), HttpsServerHttpTest::echo)) {
            for (int i = 0; i < 1000; i++) {
                idle.add(RawClient.tcp(server.port));
                if (i % 100 == 0) {
                    try (RawClient client = RawClient.tcp(server.port)) {
                        assertEquals(200, client.get("/" + i).status());
                    }
                }
            }
            assertTrue(server.server.counters().openConnections() <= 100);
            server.refusal(Refusal.Kind.EVICTED);
            assertNull(server.server.counters().refusals().get(Refusal.Kind.TOO_MANY));
        } finally {
            for (RawClient client : idle) {
                client.close();
            }
        }
    }

    @Test
    void connections_beyondThoseOfOnePeer_costThatPeerItsOwnOnly() throws Exception {
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.connectionsPerPeer = 2),
                                HttpsServerHttpTest::echo);
                RawClient first = RawClient.tcp(server.port);
                Socket other = new Socket()) {
            other.bind(new InetSocketAddress("127.0.0.2", 0));
            other.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port));
            assertEquals(200, first.get("/1").status());
            try (RawClient second = RawClient.tcp(server.port)) {
                assertEquals(200, second.get("/2").status());
                try (RawClient third = RawClient.tcp(server.port)) {
                    assertEquals(200, third.get("/3").status());
                    server.refusal(Refusal.Kind.EVICTED);
                    assertTrue(first.closedByServer());
                }
            }
            other.getOutputStream()
                    .write(
                            "GET /o HTTP/1.1\r\nHost: t\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', other.getInputStream().read());
        }
    }

    @Test
    void connections_allAtWork_newcomerIsRefusedAndNoWorkIsLost() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.connections = 2),
                                e -> {
                                    entered.countDown();
                                    go.await();
                                    return echo(e);
                                });
                RawClient one = RawClient.tcp(server.port);
                RawClient two = RawClient.tcp(server.port)) {
            one.send("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
            two.send("GET /2 HTTP/1.1\r\nHost: t\r\n\r\n");
            entered.await();
            try (RawClient three = RawClient.tcp(server.port)) {
                assertTrue(three.closedByServer());
            }
            server.refusal(Refusal.Kind.TOO_MANY);
            go.countDown();
            assertEquals("GET /1 {} ", one.reply().text());
            assertEquals("GET /2 {} ", two.reply().text());
        }
    }

    @Test
    void requests_beyondThoseInFlight_waitAndAreAllAnswered() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        Handler handler =
                e -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    full.countDown();
                    go.await();
                    now.decrementAndGet();
                    return echo(e);
                };
        try (TestServer server = TestServer.plain(Limits.with(l -> l.inFlight = 2), handler)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                RawClient client = RawClient.tcp(server.port);
                clients.add(client.send("GET /" + i + " HTTP/1.1\r\nHost: t\r\n\r\n"));
            }
            full.await();
            Await.until(() -> server.server.counters().requestsWaiting() == 6, "six wait");
            go.countDown();
            for (int i = 0; i < 8; i++) {
                assertEquals("GET /" + i + " {} ", clients.get(i).reply().text());
                clients.get(i).close();
            }
            assertEquals(2, most.get());
            Await.until(() -> server.server.counters().requestsInFlight() == 0, "none left");
        }
    }

    @Test
    void deadline_passed_isAnswered500AndHandlerInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.answerMillis = 150),
                                e -> {
                                    if (e.path().equals("/fast")) {
                                        return echo(e);
                                    }
                                    try {
                                        new CountDownLatch(1).await();
                                    } finally {
                                        interrupted.countDown();
                                    }
                                    return echo(e);
                                });
                RawClient client = RawClient.tcp(server.port)) {
            RawClient.Reply reply = client.get("/slow");
            assertEquals(500, reply.status());
            assertEquals(
                    "{\"code\":500,\"status\":\"no answer within 150 ms; ask again\",\"results\":{}}",
                    reply.text());
            interrupted.await();
            assertEquals(200, client.get("/fast").status());
            assertTrue(server.refusal(Refusal.Kind.DEADLINE).detail().endsWith("to GET /slow"));
        }
    }

    @Test
    void peer_goneWhileHandled_handlerIsInterrupted() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (TestServer server =
                TestServer.plain(
                        Limits.with(l -> {}),
                        e -> {
                            entered.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } finally {
                                interrupted.countDown();
                            }
                            return echo(e);
                        })) {
            try (RawClient client = RawClient.tcp(server.port)) {
                client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
                entered.await();
            }
            interrupted.await();
            Await.until(() -> server.server.counters().openConnections() == 0, "closed");
        }
    }

    @Test
    void handler_throws_is500WithoutItsWordsAndReported() throws Exception {
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> {}),
                                e -> {
                                    throw new IllegalStateException("secret detail");
                                });
                RawClient client = RawClient.tcp(server.port)) {
            RawClient.Reply reply = client.get("/");
            assertEquals(500, reply.status());
            assertTrue(!reply.text().contains("secret"), reply.text());
            assertEquals("secret detail", server.failures.get(0).getMessage());
            assertEquals(500, client.get("/").status());
        }
    }

    @Test
    void handler_triesToSplitTheAnswer_is500() throws Exception {
        Answer bad = new Answer.Whole(200, Map.of("x", "a\r\nset-cookie: b"), new byte[0]);
        try (TestServer server = TestServer.plain(Limits.with(l -> {}), e -> bad);
                RawClient client = RawClient.tcp(server.port)) {
            RawClient.Reply reply = client.get("/");
            assertEquals(500, reply.status());
            assertNull(reply.field("set-cookie"));
        }
    }

    @Test
    void start_portTaken_namesAddressAndWhatToDo() throws Exception {
        try (TestServer first = server()) {
            HttpsServer second = new HttpsServer(TestServer.ERRORS);
            HttpsSettings settings =
                    new HttpsSettings(
                            List.of("127.0.0.1"),
                            first.port,
                            false,
                            TlsProvider.AUTO,
                            1,
                            HttpLimits.defaults());
            ListenException e =
                    assertThrows(
                            ListenException.class,
                            () ->
                                    second.start(
                                            settings,
                                            Optional.empty(),
                                            HttpsServerHttpTest::echo,
                                            HttpsEvents.none()));
            assertEquals(
                    "cannot listen on 127.0.0.1:"
                            + first.port
                            + ": the port is taken; stop the other program (ss -ltnp 'sport = :"
                            + first.port
                            + "' names it) or choose another port; of Keylime's agent, agent migrate"
                            + " takes the place",
                    e.getMessage());
        }
    }

    @Test
    void start_foreignAddressOrUnknownName_saysSo() {
        assertTrue(startFails("192.0.2.1").contains("this host has no such address"));
        assertTrue(startFails("no.such.host.invalid").contains("no address of that name"));
    }

    private static String startFails(String host) {
        HttpsServer server = new HttpsServer(TestServer.ERRORS);
        HttpsSettings settings =
                new HttpsSettings(
                        List.of(host), 0, false, TlsProvider.AUTO, 1, HttpLimits.defaults());
        ListenException e =
                assertThrows(
                        ListenException.class,
                        () ->
                                server.start(
                                        settings,
                                        Optional.empty(),
                                        HttpsServerHttpTest::echo,
                                        HttpsEvents.none()));
        return String.valueOf(e.getMessage());
    }

    @Test
    void stop_idleConnections_areClosedAtOnce() throws Exception {
        TestServer server = server();
        try (RawClient client = RawClient.tcp(server.port)) {
            assertEquals(200, client.get("/").status());
            server.server.stop(Duration.ofSeconds(20));
            assertTrue(client.closedByServer());
        }
    }

    @Test
    void stop_handlerThatNeverAnswers_isInterruptedAfterTheTime() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        TestServer server =
                TestServer.plain(
                        Limits.with(l -> {}),
                        e -> {
                            entered.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } finally {
                                interrupted.countDown();
                            }
                            return echo(e);
                        });
        try (RawClient client = RawClient.tcp(server.port)) {
            client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            entered.await();
            server.server.stop(Duration.ofMillis(50));
            interrupted.await();
            assertThrows(EOFException.class, client::reply);
        }
    }
}
