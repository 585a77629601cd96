// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.ImaLogs;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** {@code agent ima} on lists that grow, are cut or carry every kind of signature. */
final class ImaListCommandTest {
    private static final String PLACE = "/attestation/fixtures/ima-foreign/";

    private final Captured out = new Captured();
    private final Captured err = new Captured();
    private final ExecutorService background = Executors.newSingleThreadExecutor();

    @TempDir Path folder;

    /** What a command prints, read while it still runs. */
    private static final class Captured extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int takes = Integer.MAX_VALUE;

        @Override
        public synchronized void write(int value) throws IOException {
            if (takes-- <= 0) {
                throw new IOException("Broken pipe");
            }
            bytes.write(value);
            notifyAll();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        /** Waits for this many lines; minutes, for a machine with other things to do. */
        synchronized void awaitLines(int lines) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
            while (text().lines().count() < lines && System.nanoTime() < end) {
                wait(1000);
            }
            assertTrue(text().lines().count() >= lines, text());
        }
    }

    @AfterEach
    void stop() {
        background.shutdownNow();
    }

    private int run(String... arguments) {
        Hooks hooks =
                new Hooks(
                        config -> 0,
                        socket -> {
                            throw new IllegalStateException("not asked for");
                        },
                        StandardHooks.hooks().identity());
        return new Main(
                        hooks,
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(arguments);
    }

    private Path foreign(String list) throws IOException {
        try (InputStream in = ImaLogs.class.getResourceAsStream(PLACE + list)) {
            return Files.write(
                    folder.resolve("list"), Objects.requireNonNull(in, list).readAllBytes());
        }
    }

    @Test
    void show_signed_countsEveryFieldThatHoldsASignature() throws IOException {
        String list = foreign("5.14-s390x/binary_runtime_measurements").toString();
        assertEquals(0, run("ima", "show", list, "--signed", "--json"));
        String[] lines = out.text().split("\n", -1);
        assertEquals(5, lines.length, out.text());
        assertTrue(lines[0].contains("\"signature\":\"030204d3320449"), lines[0]);
        assertTrue(lines[1].contains("\"modsig\":\"3080"), lines[1]);
        assertTrue(lines[1].contains("\"name\":\"/boot/vmlinuz\""), lines[1]);
        assertTrue(lines[2].contains("\"evmsig\":\"050204"), lines[2]);
        assertTrue(lines[3].contains("\"name\":\"/usr/bin/384\""), lines[3]);
        assertEquals(0, run("ima", "stats", list, "--json"));
        assertTrue(out.text().contains("\"signed\":4,"), out.text());
    }

    /** 18 MB of directories, each another one: a stranger's list does not fill our memory. */
    @Test
    void stats_moreDirectoriesThanAreKept_countsTheRestTogether() throws IOException {
        Path list = folder.resolve("list");
        String head = "10 " + "0".repeat(40) + " ima-ng sha256:" + "0".repeat(64) + " /";
        try (BufferedWriter lines = Files.newBufferedWriter(list)) {
            for (int i = 0; i < 4500; i++) {
                lines.write(head + i + "x".repeat(4000) + "/file\n");
            }
        }
        assertEquals(0, run("ima", "stats", list.toString(), "--json"), err.text());
        assertTrue(out.text().contains("\"entries\":4500,"), out.text());
        assertTrue(out.text().contains("\"directories\":{\"(others)\":3"), out.text());
    }

    @Test
    void replay_listOfAPaddedBank_extendsAsItShowsWithoutBeingTold() throws IOException {
        String list =
                foreign("6.10-padded-sha512-bank/binary_runtime_measurements_sha512").toString();
        assertEquals(0, run("ima", "replay", list, "--bank", "sha512"));
        String pcrs;
        try (InputStream in =
                ImaLogs.class.getResourceAsStream(PLACE + "6.10-padded-sha512-bank/pcrs")) {
            pcrs = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
        }
        String prefix = "sha512 PADDED_SHA1 10 ";
        String wanted = pcrs.lines().filter(l -> l.startsWith(prefix)).findFirst().orElseThrow();
        assertTrue(
                out.text().contains("sha512:10 " + wanted.substring(prefix.length()) + "\n"),
                out.text());
        assertTrue(out.text().contains("extends padded SHA-1 into this bank"), out.text());
    }

    @Test
    void follow_growthThenACut_showsTheOneAndNamesTheOther() throws Exception {
        byte[] whole = Files.readAllBytes(foreign("odd-names/binary_runtime_measurements"));
        Path list = folder.resolve("list");
        Files.write(list, Arrays.copyOf(whole, 400));
        Future<Integer> code =
                background.submit(() -> run("ima", "show", list.toString(), "--follow"));
        out.awaitLines(3);
        Files.write(list, whole);
        out.awaitLines(40);
        Files.write(list, Arrays.copyOf(whole, 1000));
        assertEquals(2, code.get(3, TimeUnit.MINUTES));
        assertTrue(
                err.text().contains("cut to 1000 bytes while it was followed (" + whole.length),
                err.text());
    }

    @Test
    void follow_readerThatHasSeenEnough_endsTheCommand() throws Exception {
        Path list = foreign("odd-names/binary_runtime_measurements");
        out.takes = 200;
        Future<Integer> code =
                background.submit(() -> run("ima", "show", list.toString(), "--follow"));
        assertEquals(0, code.get(3, TimeUnit.MINUTES));
        assertEquals(200, out.text().length());
        assertEquals("", err.text());
    }

    @Test
    void outputThatWasNotTaken_isAFailure() {
        assertEquals(141, lost("Broken pipe", 0));
        assertEquals("", err.text());
        assertEquals(74, lost("No space left on device", 0));
        assertEquals(
                "agent: the output cannot be written: No space left on device (its beginning at most"
                        + " is there)\n",
                err.text());
        assertEquals(1, lost("Broken pipe", 1));
        assertEquals(
                0, new OutputCheck(new PrintStream(out), out, new PrintStream(err)).exitCode(0));
    }

    private int lost(String reason, int code) {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        throw new IOException(reason);
                    }
                };
        PrintStream printed = new PrintStream(full, false, StandardCharsets.UTF_8);
        printed.print("entries");
        return new OutputCheck(printed, full, new PrintStream(err, true, StandardCharsets.UTF_8))
                .exitCode(code);
    }
}
