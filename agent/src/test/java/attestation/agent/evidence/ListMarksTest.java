// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.GrowingLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

class ListMarksTest {
    @TempDir Path folder;

    @Test
    void unchangedList_looksTheSame() {
        GrowingLog log = GrowingLog.in(folder);
        log.appendSynthetic(3);
        ListMarks marks = new ListMarks(log.ascii(), Optional.of(log.countFile()));
        assertTrue(marks.now().isPresent());
        assertEquals(marks.now(), marks.now());
    }

    @Test
    void grownList_looksDifferent_withAndWithoutACount() {
        GrowingLog log = GrowingLog.in(folder);
        log.appendSynthetic(3);
        ListMarks counted = new ListMarks(log.ascii(), Optional.of(log.countFile()));
        ListMarks bare = new ListMarks(log.ascii(), Optional.empty());
        var before = counted.now();
        var bareBefore = bare.now();
        log.appendSynthetic(1);
        assertNotEquals(before, counted.now());
        assertNotEquals(bareBefore, bare.now());
    }

    @Test
    void kernelsList_whichHasNoSize_isToldByItsCountAlone() throws Exception {
        Path list = Files.createFile(folder.resolve("ascii_runtime_measurements"));
        Path count = Files.writeString(folder.resolve("runtime_measurements_count"), "9\n");
        ListMarks marks = new ListMarks(list, Optional.of(count));
        var nine = marks.now();
        assertTrue(nine.isPresent());
        Files.writeString(count, "10\n");
        assertNotEquals(nine, marks.now());
        assertEquals(Optional.empty(), new ListMarks(list, Optional.empty()).now());
    }

    @Test
    void anotherFileOfTheSameSize_looksDifferent() throws Exception {
        Path list = Files.writeString(folder.resolve("list"), "one\n");
        ListMarks marks = new ListMarks(list, Optional.empty());
        var before = marks.now();
        Path other = Files.writeString(folder.resolve("other"), "two\n");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(list));
        Files.move(other, list, StandardCopyOption.ATOMIC_MOVE);
        assertNotEquals(before, marks.now());
    }

    @Test
    void absentListOrCount_tellsNothing() throws Exception {
        Path list = folder.resolve("none");
        assertEquals(Optional.empty(), new ListMarks(list, Optional.empty()).now());
        Files.writeString(list, "there\n");
        ListMarks uncounted = new ListMarks(list, Optional.of(folder.resolve("no-count")));
        assertEquals(Optional.empty(), uncounted.now());
    }

    @Test
    void interruptedThread_learnsNothingAndTheNextLooksAgain() {
        GrowingLog log = GrowingLog.in(folder);
        log.appendSynthetic(3);
        ListMarks marks = new ListMarks(log.ascii(), Optional.of(log.countFile()));
        var before = marks.now();
        Thread.currentThread().interrupt();
        try {
            assertEquals(Optional.empty(), marks.now());
        } finally {
            Thread.interrupted();
        }
        assertEquals(before, marks.now());
    }
}
