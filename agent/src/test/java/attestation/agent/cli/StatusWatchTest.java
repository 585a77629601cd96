// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.status.Health;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/** {@code agent status --watch} while the agent comes and goes. */
final class StatusWatchTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int pauses;

    /** Answers one after the other: an exit code, or 0 for an agent that answers. */
    private int watch(Integer... codes) {
        ArrayDeque<Integer> answers = new ArrayDeque<>(List.of(codes));
        StatusSource source =
                socket -> {
                    int code = answers.removeFirst();
                    if (code != 0) {
                        throw new CliException(code, "code " + code);
                    }
                    return new StatusSource.View(Health.OK, "look\n", "{}\n");
                };
        Console console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        StatusCommand command = new StatusCommand(console, source, millis -> pauses++);
        return new CommandLine(command)
                .setExecutionExceptionHandler((e, line, parsed) -> ((CliException) e).exitCode())
                .execute("--watch", "--socket", "/nowhere");
    }

    private int looks() {
        return out.toString(StandardCharsets.UTF_8).split("look", -1).length - 1;
    }

    @Test
    void agentThatIsRestarted_isWaitedFor() {
        int exit = watch(0, ExitCodes.NOT_RUNNING, ExitCodes.NOT_RUNNING, 0, 4);
        assertEquals(ExitCodes.NOT_PERMITTED, exit);
        assertEquals(2, looks());
        assertEquals(4, pauses);
        String told = err.toString(StandardCharsets.UTF_8);
        assertEquals(2, told.lines().count(), told);
        assertTrue(told.startsWith("agent: code 3; still watching"), told);
    }

    @Test
    void agentThatNeverRan_isNotWaitedFor() {
        assertEquals(ExitCodes.NOT_RUNNING, watch(ExitCodes.NOT_RUNNING));
        assertEquals(0, pauses);
    }
}
