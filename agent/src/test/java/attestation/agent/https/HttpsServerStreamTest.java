// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Large bodies at the pace of their readers. */
class HttpsServerStreamTest {
    private static final int BIG = 20 * 1024 * 1024 + 17;

    @TempDir static Path dir;
    private static Pki pki = new Pki(Path.of("/"));

    @BeforeAll
    static void makePki() throws Exception {
        pki = Pki.standard(dir);
    }

    /** Bytes that tell where they belong. */
    static byte at(long position) {
        return (byte) (position * 31 + (position >> 16));
    }

    /** Counts how far it was read and how often it was closed. */
    static final class Counted implements Answer.Body {
        final AtomicLong position = new AtomicLong();
        final AtomicInteger closes = new AtomicInteger();
        private final long end;

        Counted(long end) {
            this.end = end;
        }

        @Override
        public int read(ByteBuffer target) {
            long from = position.get();
            int bytes = (int) Math.min(Math.min(target.remaining(), end - from), 10_000);
            for (int i = 0; i < bytes; i++) {
                target.put(at(from + i));
            }
            position.addAndGet(bytes);
            return bytes == 0 ? -1 : bytes;
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }

    private static Answer streamed(long length, Answer.Body body) {
        return new Answer.Streamed(200, Map.of(), length, body);
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void stream_twentyMegabytes_arriveUnchangedAndConnectionGoesOn(TlsProvider provider)
            throws Exception {
        Counted body = new Counted(BIG);
        try (TestServer server =
                        TestServer.tls(
                                provider,
                                HttpLimits.defaults(),
                                pki,
                                e ->
                                        e.path().equals("/big")
                                                ? streamed(BIG, body)
                                                : TestServer.text("small"));
                RawClient client = RawClient.tls(server.port, pki.client("client"))) {
            byte[] got = client.get("/big").body();
            assertEquals(BIG, got.length);
            for (int i = 0; i < BIG; i++) {
                if (got[i] != at(i)) {
                    throw new AssertionError("byte " + i);
                }
            }
            assertEquals("small", client.get("/").text());
            Await.until(() -> body.closes.get() == 1, "closed once");
            assertTrue(server.served.contains("GET /big 200 " + BIG), server.served.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65535, 65536, 65537, 131072, 131073, 300_000})
    void stream_anyLength_isExact(int length) throws Exception {
        Counted body = new Counted(length);
        try (TestServer server =
                        TestServer.plain(Limits.with(l -> {}), e -> streamed(length, body));
                RawClient client = RawClient.tcp(server.port)) {
            assertEquals(length, client.get("/").body().length);
            Await.until(() -> body.closes.get() == 1, "closed once");
        }
    }

    @Test
    void whole_largerThanOneWrite_isSentInPieces() throws Exception {
        byte[] large = new byte[3_000_000];
        for (int i = 0; i < large.length; i++) {
            large[i] = at(i);
        }
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> {}), e -> new Answer.Whole(200, Map.of(), large));
                RawClient client = RawClient.tcp(server.port)) {
            org.junit.jupiter.api.Assertions.assertArrayEquals(large, client.get("/").body());
        }
    }

    @Test
    void stream_head_sendsNoBodyAndClosesIt() throws Exception {
        Counted body = new Counted(BIG);
        try (TestServer server = TestServer.plain(Limits.with(l -> {}), e -> streamed(BIG, body));
                RawClient client = RawClient.tcp(server.port)) {
            client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
            assertEquals(String.valueOf(BIG), client.reply(false).field("content-length"));
            Await.until(() -> body.closes.get() == 1, "closed once");
            assertEquals(0, body.position.get());
        }
    }

    @Test
    void stream_bodyEndsEarly_breaksTheConnection() throws Exception {
        Counted body = new Counted(100_000);
        try (TestServer server =
                        TestServer.plain(Limits.with(l -> {}), e -> streamed(200_000, body));
                RawClient client = RawClient.tcp(server.port)) {
            assertThrows(IOException.class, () -> client.get("/"));
            server.refusal(Refusal.Kind.FAILED);
            Await.until(() -> body.closes.get() == 1, "closed once");
            assertTrue(server.failures.get(0) instanceof EOFException);
        }
    }

    @Test
    void stream_readerStopsReading_productionStopsAndOthersAreServed() throws Exception {
        Counted body = new Counted(BIG);
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.progressMillis = 20_000),
                                e ->
                                        e.path().equals("/big")
                                                ? streamed(BIG, body)
                                                : TestServer.text("small"));
                RawClient slow = RawClient.tcp(server.port);
                RawClient other = RawClient.tcp(server.port)) {
            slow.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
            slow.head();
            for (int i = 0; i < 200; i++) {
                assertEquals("small", other.get("/").text());
            }
            // the kernel's socket buffers take some megabytes, ours no more than two chunks
            assertTrue(body.position.get() < BIG, "held back at " + body.position.get());
            slow.hangUp();
            Await.until(() -> body.closes.get() == 1, "closed once");
        }
    }

    @Test
    void stream_readerWithoutProgress_isCutInTime() throws Exception {
        Counted body = new Counted(BIG);
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.progressMillis = 200),
                                e -> streamed(BIG, body));
                RawClient slow = RawClient.tcp(server.port)) {
            slow.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
            server.refusal(Refusal.Kind.SLOW_READER);
            Await.until(() -> body.closes.get() == 1, "closed once");
            Await.until(() -> server.server.counters().openConnections() == 0, "closed");
        }
    }

    @Test
    void stream_moreThanMayBeSentAtOnce_waitAndAreServed() throws Exception {
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(l -> l.streams = 1),
                                e -> streamed(BIG, new Counted(BIG)));
                RawClient first = RawClient.tcp(server.port);
                RawClient second = RawClient.tcp(server.port)) {
            first.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            first.head();
            second.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
            Await.until(() -> server.server.counters().requestsInFlight() == 0, "handlers done");
            first.hangUp();
            assertEquals(BIG, second.reply().body().length);
        }
    }

    @Test
    void stream_deadlinePassedWhileWaitingItsTurn_is500AndBodyClosed() throws Exception {
        Counted waiting = new Counted(BIG);
        try (TestServer server =
                        TestServer.plain(
                                Limits.with(
                                        l -> {
                                            l.streams = 1;
                                            l.answerMillis = 300;
                                        }),
                                e ->
                                        streamed(
                                                BIG,
                                                e.path().equals("/2")
                                                        ? waiting
                                                        : new Counted(BIG)));
                RawClient first = RawClient.tcp(server.port);
                RawClient second = RawClient.tcp(server.port)) {
            first.send("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
            first.head();
            assertEquals(500, second.get("/2").status());
            Await.until(() -> waiting.closes.get() == 1, "closed once");
            assertEquals(0, waiting.position.get());
        }
    }
}
