// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

@Timeout(180)
class ScriptTest {
    @TempDir Path directory;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private int run(String shell, Duration timeout) throws Exception {
        return new Script(
                        List.of("sh", "-c", shell),
                        directory,
                        timeout,
                        (stream, line) -> lines.add(stream + ": " + line))
                .run();
    }

    @Test
    void run_outputAndStatus_bothReported() throws Exception {
        assertEquals(
                3, run("echo one; echo two >&2; printf three; exit 3", Duration.ofSeconds(30)));

        assertTrue(
                lines.containsAll(List.of("stdout: one", "stdout: three", "stderr: two")),
                lines.toString());
    }

    @Test
    void run_megabyteOfOutput_drainedAndCut() throws Exception {
        assertEquals(0, run("yes 0123456789 | head -c 1100000", Duration.ofSeconds(50)));

        assertEquals(1001, lines.size());
        assertEquals("stdout: (99000 more lines not shown)", lines.getLast());
    }

    @Test
    void run_longLineAndControlBytes_cutAndEscaped() throws Exception {
        run(
                "head -c 10000 /dev/zero | tr '\\0' a; printf '\\033[31mred\\n'",
                Duration.ofSeconds(30));

        assertEquals(3, lines.size());
        assertTrue(lines.stream().allMatch(l -> l.length() < 300), lines.toString());
        assertFalse(lines.toString().contains("\033"));
    }

    @Test
    void run_tooLong_killedWithItsWholeGroup() throws Exception {
        var e =
                assertThrows(
                        PayloadException.class,
                        () ->
                                run(
                                        "trap '' TERM; (trap '' TERM; sleep 1000) & echo $! > child; echo $$ > self; wait; sleep 1000",
                                        Duration.ofSeconds(1)));
        assertTrue(
                e.toString().contains("killed after 1 s (expected: to end within)"), e.toString());

        awaitDead("child");
        awaitDead("self");
    }

    private void awaitDead(String file) throws Exception {
        long pid = Long.parseLong(Files.readString(directory.resolve(file)).strip());
        Await.until(
                "process " + pid + " is dead",
                () -> !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void run_ownSession_agentNotInItsGroup() throws Exception {
        run("cut -d' ' -f1,5,6 /proc/$$/stat", Duration.ofSeconds(30));

        String[] pidGroupSession = lines.getFirst().substring("stdout: ".length()).split(" ");
        assertEquals(pidGroupSession[0], pidGroupSession[1]);
        assertEquals(pidGroupSession[0], pidGroupSession[2]);
    }

    @Test
    void run_leavesADaemon_doesNotWaitForIt() throws Exception {
        assertEquals(0, run("sleep 30 & echo started", Duration.ofSeconds(20)));

        assertEquals(List.of("stdout: started"), lines);
    }

    @Test
    void run_interrupted_killedAndEnds() throws Exception {
        var begun = new CountDownLatch(1);
        var thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        begun.countDown();
                                        run("echo $$ > self; sleep 1000", Duration.ofMinutes(5));
                                    } catch (Exception e) {
                                        lines.add("ended: " + e.getClass().getSimpleName());
                                    }
                                });
        begun.await();
        Path self = directory.resolve("self");
        Await.until("script runs", () -> Files.exists(self) && Files.size(self) > 0);
        thread.interrupt();
        thread.join();

        assertEquals(List.of("ended: InterruptedException"), lines);
        awaitDead("self");
    }

    @Test
    void run_notThere_saidSo() {
        var script =
                new Script(
                        List.of("/nonexistent/action"),
                        directory,
                        Duration.ofSeconds(9),
                        (s, l) -> lines.add(l));

        int status = assertDoesNotThrowStatus(script);
        assertTrue(status != 0);
    }

    private static int assertDoesNotThrowStatus(Script script) {
        try {
            return script.run(); // setsid says 127 or 126
        } catch (PayloadException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
