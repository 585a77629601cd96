// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import attestation.fixtures.Await;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

@Timeout(180)
class UnitRunnerTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir Path directory;
    private Path secure;
    private Path unzipped;
    private Path there;

    @BeforeEach
    void folders() throws IOException {
        secure = directory.resolve("agent/secure");
        unzipped = Files.createDirectories(secure.resolve("unzipped"));
        there = Files.createDirectory(directory.resolve("unit"));
    }

    private Path socket() {
        return directory.resolve("s");
    }

    private Program script(String text, Duration timeout) throws IOException {
        Path file = Files.writeString(unzipped.resolve("autorun.sh"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new Program(file, Optional.empty(), unzipped, timeout);
    }

    private int run(PayloadUnit unit, Program program) throws Exception {
        return new UnitRunner(unit.socket(), secure)
                .run(program, (stream, line) -> fail("output came back: " + line));
    }

    @Test
    void run_script_statusIsTheAnswerAndOutputStaysInTheUnit() throws Exception {
        try (var unit = PayloadUnit.shipped(socket(), there.resolve("secure"))) {
            int status = run(unit, script("#!/bin/sh\npwd; echo loud >&2; exit 3", LONG));

            assertEquals(3, status);
            assertEquals(there.resolve("secure/unzipped") + "\nloud\n", unit.journal());
        }
    }

    @Test
    void run_files_sameBytesNamesAndModes() throws Exception {
        byte[] content = new byte[300_000];
        new Random(7).nextBytes(content);
        Files.write(unzipped.resolve(" a name\twith blanks "), content);
        Files.createDirectory(unzipped.resolve("below"));
        Files.createFile(unzipped.resolve("below/empty"));
        Files.createSymbolicLink(unzipped.resolve("link"), Path.of("/etc/passwd"));
        try (var unit = PayloadUnit.shipped(socket(), there)) {
            assertEquals(0, run(unit, script("test ! -e link && stat -c '%a %n' *", LONG)));

            assertEquals("600  a name\twith blanks \n700 autorun.sh\n700 below\n", unit.journal());
        }
        assertArrayEquals(
                content, Files.readAllBytes(there.resolve("unzipped/ a name\twith blanks ")));
        assertEquals(0, Files.size(there.resolve("unzipped/below/empty")));
    }

    @Test
    void run_installedAction_itsArgumentLiesInTheUnit() throws Exception {
        Path message = Files.writeString(secure.resolve("revocation.json"), "{}");
        Path action = Files.writeString(directory.resolve("action"), "#!/bin/sh\npwd; cat \"$1\"");
        Files.setPosixFilePermissions(action, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path folder = there.resolve("secure");
        try (var unit = PayloadUnit.shipped(socket(), folder)) {
            var program =
                    new Program(action, Optional.of(message), directory.resolve("agent"), LONG);

            assertEquals(0, run(unit, program));
            assertEquals(there + "\n{}", unit.journal());
        }
        assertEquals("{}", Files.readString(folder.resolve("revocation.json")));
    }

    @Test
    void run_tooLong_killedAndSaid() throws Exception {
        try (var unit = PayloadUnit.shipped(socket(), there)) {
            var program = script("sleep 1000", Duration.ofSeconds(1));

            var e = assertThrows(PayloadException.class, () -> run(unit, program));
            assertTrue(e.toString().contains("autorun.sh: killed after 1 s"), e.toString());
        }
    }

    @Test
    void run_agentStops_programIsKilledWithItsGroup() throws Exception {
        try (var unit = PayloadUnit.shipped(socket(), there)) {
            var program = script("sleep 1000 & echo $! >child.tmp; mv child.tmp child; wait", LONG);
            var ended = new CompletableFuture<Throwable>();
            Thread worker =
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            ended.complete(
                                                    assertThrows(
                                                            InterruptedException.class,
                                                            () -> run(unit, program))));
            Path child = there.resolve("unzipped/child");
            Await.until("script runs", () -> Files.exists(child));
            worker.interrupt();
            ended.get(60, TimeUnit.SECONDS);

            long pid = Long.parseLong(Files.readString(child).strip());
            Await.until("script is dead", () -> !Files.exists(Path.of("/proc/" + pid)));
        }
    }

    @Test
    void run_unitThatNeverAnswers_givenUp() throws Exception {
        try (var unit = new PayloadUnit(socket(), List.of("sleep", "1000"))) {
            var runner = new UnitRunner(unit.socket(), secure, Duration.ZERO);
            var program = script("true", Duration.ofSeconds(1));

            var e =
                    assertThrows(
                            PayloadException.class,
                            () -> runner.run(program, (stream, line) -> {}));
            assertTrue(e.toString().contains("killed after 1 s"), e.toString());
        }
    }

    @Test
    void run_unitThatDies_saidWithWhereToLook() throws Exception {
        try (var unit = new PayloadUnit(socket(), List.of("false"))) {
            var program = script("true", LONG);

            var e = assertThrows(PayloadException.class, () -> run(unit, program));
            assertTrue(e.toString().contains("autorun.sh: no exit status from its unit"));
            assertTrue(e.toString().contains("journalctl -u"), e.toString());
        }
    }

    @Test
    void run_unitThatTalksOnAndOn_answerIsBounded() throws Exception {
        try (var unit = new PayloadUnit(socket(), List.of("sh", "-c", "head -c 40 >&2; yes >&0"))) {
            var program = script("true", LONG);

            assertThrows(PayloadException.class, () -> run(unit, program));
        }
    }

    @Test
    void run_noSocket_saidHowToHaveIt() throws Exception {
        var runner = new UnitRunner(directory.resolve("none"), secure);
        var program = script("true", LONG);

        var e =
                assertThrows(
                        PayloadException.class, () -> runner.run(program, (stream, line) -> {}));
        assertTrue(
                e.toString()
                        .contains("none cannot be reached - No such file or directory (expected: "),
                e.toString());
    }
}
