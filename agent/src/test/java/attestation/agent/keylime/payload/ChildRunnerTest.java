// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class ChildRunnerTest {
    @TempDir Path directory;

    private Program program(String name, String text) throws Exception {
        Path file = Files.writeString(directory.resolve(name), text);
        assertTrue(file.toFile().setExecutable(true));
        return new Program(file, Optional.empty(), directory, Duration.ofMinutes(1));
    }

    @Test
    void run_nameWithQuote_runs() throws Exception {
        List<String> said = new ArrayList<>();

        int status =
                new ChildRunner(System.getenv("PATH"))
                        .run(program("it's.sh", "echo here; exit 5"), (stream, l) -> said.add(l));

        assertEquals(5, status);
        assertEquals(List.of("here"), said);
    }

    /** As under the unit, whose folders of programs are all mounted noexec. */
    @Test
    void run_nothingMayBeExecuted_refusedNamingTheDropIn() throws Exception {
        Files.createFile(directory.resolve("setsid"));
        var runner = new ChildRunner(directory + ":/nonexistent");
        var program = program("autorun.sh", "touch ran");

        var e =
                assertThrows(
                        PayloadException.class, () -> runner.run(program, (stream, line) -> {}));
        assertTrue(e.toString().contains("autorun.sh: not run - "), e.toString());
        assertTrue(e.toString().contains("payload-scripts.conf"), e.toString());
        assertFalse(Files.exists(directory.resolve("ran")));
    }
}
