// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

class StateFileTest {
    @TempDir Path directory;
    private StateFile file;

    @BeforeEach
    void open() {
        var clock = Clock.fixed(Instant.parse("2026-11-23T10:20:30Z"), ZoneOffset.UTC);
        file = new StateDirectory(directory, clock).file("name");
    }

    @Test
    void write_new_ownerOnlyAndNothingElseLeft() throws IOException {
        file.write("one".getBytes(US_ASCII));

        assertArrayEquals("one".getBytes(US_ASCII), file.read(3).orElseThrow());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())));
        try (var files = Files.list(directory)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void write_leftoverOfACrash_replaced() throws IOException {
        Files.writeString(directory.resolve(".name.new"), "torn");
        file.write("two".getBytes(US_ASCII));

        assertEquals("two", Files.readString(file.path()));
        assertFalse(Files.exists(directory.resolve(".name.new")));
    }

    @Test
    void write_link_linkStays() throws IOException {
        Path target = Files.writeString(directory.resolve("target"), "old");
        Files.createSymbolicLink(file.path(), target);
        file.write("new".getBytes(US_ASCII));

        assertTrue(Files.isSymbolicLink(file.path()));
        assertEquals("new", Files.readString(target));
    }

    @Test
    void read_absent_empty() throws IOException {
        assertTrue(file.read(10).isEmpty());
    }

    @Test
    void read_danglingLink_error() throws IOException {
        Files.createSymbolicLink(file.path(), directory.resolve("nowhere"));

        var e = assertThrows(IOException.class, () -> file.read(10));
        assertEquals(file.path() + ": link to a file that does not exist", e.getMessage());
    }

    @Test
    void read_tooLong_errorNamesFileAndBound() throws IOException {
        file.write(new byte[11]);

        var e = assertThrows(IOException.class, () -> file.read(10));
        assertEquals(file.path() + ": more than 10 bytes (expected: at most that)", e.getMessage());
    }

    @Test
    void setAside_twice_bothKept() throws IOException {
        file.write("a".getBytes(US_ASCII));
        assertEquals("name.corrupt-20261123T102030Z", file.setAside().getFileName().toString());
        file.write("b".getBytes(US_ASCII));

        assertEquals("name.corrupt-20261123T102030Z-2", file.setAside().getFileName().toString());
        assertFalse(file.exists());
    }

    @Test
    void giveUp_fileAndDamagedOnes_areKeptUnderAnotherNameAndNoLongerInTheWay() throws IOException {
        file.write("damaged".getBytes(US_ASCII));
        Path damaged = file.setAside();
        assertEquals(java.util.Optional.of(damaged), file.damaged());
        file.write("good".getBytes(US_ASCII));

        var kept = file.giveUp();

        assertEquals(2, kept.size());
        assertEquals("name.reset-20261123T102030Z", kept.get(0).getFileName().toString());
        assertEquals("good", Files.readString(kept.get(0)));
        assertEquals("damaged", Files.readString(kept.get(1)));
        assertTrue(file.damaged().isEmpty());
        assertFalse(file.exists());
        assertEquals(java.util.List.of(), file.giveUp());
    }
}
