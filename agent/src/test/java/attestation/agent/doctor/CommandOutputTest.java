// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.integrity.Reading;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Real programs: one that hangs, one that says too much, one that fails. */
class CommandOutputTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private static Reading sh(String script, boolean strict, Duration limit) {
        return CommandOutput.of(List.of("sh", "-c", script), "it is silent", strict, limit);
    }

    @Test
    void programThatHangs_isLeftBehind() {
        assertEquals(
                new Reading.Unreadable("sh still runs after 1 s"),
                sh("sleep 1000", false, Duration.ofSeconds(1)));
        assertEquals(
                new Reading.Unreadable("sh still runs after 1 s"),
                sh("exec >&-; sleep 1000", false, Duration.ofSeconds(1)));
    }

    @Test
    void longOutput_isKeptAtBothEnds() {
        String all =
                sh("echo first; yes middle | head -c 30000000; echo; echo last", false, LONG)
                        .content()
                        .orElseThrow();
        assertTrue(all.startsWith("first\nmiddle\n"), "the beginning is kept");
        assertTrue(all.endsWith("\nlast\n"), "the end is kept");
        assertTrue(all.length() < 16 << 20, all.length() + " characters");
    }

    @Test
    void failure_countsWhereItIsAsked() {
        assertEquals(new Reading.Content("x\n"), sh("echo x; exit 4", false, LONG));
        assertEquals(new Reading.Unreadable("sh ended with 4"), sh("echo x; exit 4", true, LONG));
        assertEquals(new Reading.Unreadable("it is silent"), sh("exit 1", false, LONG));
        assertEquals(
                new Reading.Unreadable("no absent-program"),
                CommandOutput.ofSuccess(List.of("absent-program")));
    }
}
