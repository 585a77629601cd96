// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

class HistoryTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir Path folder;
    private Path file = Path.of("/");
    private Instant now = NOON;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("history");
    }

    private History history() {
        return new History(file, () -> now);
    }

    private static StatusReport report(Health health, String reason, String event) {
        Section section =
                new Section(
                        "tpm",
                        "TPM",
                        health,
                        reason,
                        reason.isEmpty() ? "" : "do something",
                        List.of(new Section.Field("last_event", "last event", event)));
        return new StatusReport("1", 1, NOON, NOON, health, reason, "", List.of(section));
    }

    private static List<String> told(History history) throws IOException {
        return history.entries().stream()
                .map(e -> e.section() + " " + e.health() + " " + e.text())
                .toList();
    }

    @Test
    void look_stateThatStays_isWrittenOnceAndItsEndToo() throws IOException {
        History history = history();
        for (String reason : List.of("", "", "gone", "gone", "gone", "", "")) {
            history.look(report(reason.isEmpty() ? Health.OK : Health.FAILING, reason, ""));
        }
        assertEquals(List.of("tpm FAILING gone", "tpm OK well again"), told(history));
        assertEquals("do something", history.entries().getFirst().next());
    }

    @Test
    void look_stateOfAMoment_isNotWritten() throws IOException {
        History history = history();
        for (String reason : List.of("starting", "", "", "blink", "", "")) {
            history.look(report(reason.isEmpty() ? Health.OK : Health.DEGRADED, reason, ""));
        }
        assertEquals(List.of(), told(history));
    }

    @Test
    void look_event_isWrittenOnce() throws IOException {
        History history = history();
        for (int i = 0; i < 4; i++) {
            history.look(report(Health.OK, "", "spool taken up"));
        }
        assertEquals(List.of("tpm OK spool taken up"), told(history));
    }

    @Test
    void look_floodOfEvents_leavesTheRestOfTheHistory() throws IOException {
        History history = history();
        for (int i = 0; i < 100; i++) {
            history.look(report(Health.OK, "", "peer " + i));
            history.look(report(Health.OK, "", "peer " + i));
            now = now.plusSeconds(20);
        }
        assertEquals(12, told(history).size());
        assertEquals("tpm OK peer 11", told(history).getLast());

        now = NOON.plusSeconds(3600 + 230);
        history.look(report(Health.OK, "", "later"));
        history.look(report(Health.OK, "", "later"));
        assertEquals("tpm OK later (after 88 events not written)", told(history).getLast());
    }

    @Test
    void entries_ofEarlierRuns_stay() throws IOException {
        history().say(Health.OK, "agent 1 started");
        now = NOON.plusSeconds(60);
        history().say(Health.OK, "agent 2 started");

        assertEquals(
                List.of("agent OK agent 1 started", "agent OK agent 2 started"), told(history()));
        assertEquals(NOON.plusSeconds(60), history().entries().getLast().at());
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void entries_afterAKillInTheMiddleOfALine_leaveThatOut() throws IOException {
        history().say(Health.OK, "whole");
        Files.writeString(file, "2026-01-01T12:00:00Z\ttpm\tfai\n", StandardOpenOption.APPEND);
        history().say(Health.OK, "next");

        assertEquals(List.of("agent OK whole", "agent OK next"), told(history()));
    }

    @Test
    void say_hostileText_staysOneLineWithoutControls() throws IOException {
        History history = history();
        history.say(Health.OK, "a\n2026-01-01T12:00:00Z\ttpm\tok\tforged\t\u001b[2J\\");

        assertEquals(1, history.entries().size());
        String text = HistoryText.write(history.entries());
        assertTrue(text.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f)), text);
        assertEquals(1, text.lines().count());
    }

    @Test
    void say_moreThanThereIsRoomFor_dropsTheOldest() throws IOException {
        History history = history();
        int written = 2 * HistoryFile.MOST_BYTES / 200;
        for (int i = 0; i < written; i++) {
            history.say(Health.OK, "number " + i + " " + "x".repeat(180));
        }
        assertTrue(Files.size(file) <= HistoryFile.MOST_BYTES);
        List<HistoryEntry> kept = history.entries();
        assertTrue(kept.size() > written / 8, kept.size() + " kept");
        assertTrue(kept.getLast().text().startsWith("number " + (written - 1) + " "));
    }

    @Test
    void json_isReadBack() throws IOException {
        History history = history();
        history.say(Health.FAILING, "said \"so\"");
        now = NOON.plusSeconds(1);
        history.say(Health.OK, "and again");

        assertEquals(history.entries(), HistoryJson.read(HistoryJson.write(history.entries())));
    }

    @Test
    void say_toADirectoryThatIsNotThere_costsHistoryOnly() throws IOException {
        History history = new History(folder.resolve("none").resolve("history"), () -> now);
        history.say(Health.OK, "lost");

        assertEquals(List.of(), told(history));
    }
}
