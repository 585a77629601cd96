// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.net.ssl.SSLContext;

/** The server in a JVM as small as the packaged one. */
class HttpsServerMemoryTest {
    private static final int SIZE = 16 * 1024 * 1024;
    private static final int READERS = 8;

    @TempDir static Path dir;
    private static Pki pki = new Pki(Path.of("/"));

    @BeforeAll
    static void makePki() throws Exception {
        pki = Pki.standard(dir);
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = HttpsServerStreamTest.at(i);
        }
        Files.write(dir.resolve("file"), bytes);
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"BORINGSSL", "JDK"})
    void stream_eightReadersInASmallHeap_allGetEverything(TlsProvider provider) throws Exception {
        Process process = start(provider);
        try (BufferedReader out =
                        new BufferedReader(
                                new InputStreamReader(
                                        process.getInputStream(), StandardCharsets.US_ASCII));
                var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = Integer.parseInt(String.valueOf(out.readLine()));
            SSLContext context = pki.client("client");
            byte[] expected = Files.readAllBytes(dir.resolve("file"));
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Callable<Boolean> reader =
                        () -> {
                            try (RawClient client = RawClient.tls(port, context)) {
                                byte[] got = client.get("/file").body();
                                return java.util.Arrays.equals(expected, got)
                                        && client.get("/").status() == 200;
                            }
                        };
                results.add(readers.submit(reader));
            }
            for (Future<Boolean> result : results) {
                assertEquals(true, result.get());
            }
            assertTrue(process.isAlive());
            String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
            status.lines()
                    .filter(line -> line.startsWith("VmHWM") || line.startsWith("VmRSS"))
                    .forEach(line -> System.out.println(provider + " " + line));
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static Process start(TlsProvider provider) throws Exception {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:+UseSerialGC",
                        "-Xmx32m",
                        "-Xss256k",
                        "-XX:MaxDirectMemorySize=16m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dio.netty.noUnsafe=false",
                        "-Dio.netty.allocator.type=pooled",
                        "-Dio.netty.allocator.numDirectArenas=1",
                        "-Dio.netty.allocator.numHeapArenas=1",
                        "-Dio.netty.allocator.maxOrder=3",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServeFile.class.getName(),
                        dir.toString(),
                        provider.name(),
                        dir.resolve("file").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
