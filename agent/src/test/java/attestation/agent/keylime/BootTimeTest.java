// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.identity.StateDirectory;
import attestation.agent.identity.StateFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

class BootTimeTest {
    private static final String BOOT = "0c8b3ee9-0e3d-4b2e-9f0a-3c39f60ad6a1";

    @TempDir Path directory;
    private StateFile stored;
    private Path stat;
    private Path bootId;

    @BeforeEach
    void files() throws IOException {
        stored = new StateDirectory(directory, Clock.systemUTC()).file(StateDirectory.BOOT_TIME);
        stat =
                Files.writeString(
                        directory.resolve("stat"), "cpu 1 2\nbtime 1790000000\nprocesses 3\n");
        bootId = Files.writeString(directory.resolve("boot_id"), BOOT + "\n");
    }

    private long read() throws IOException {
        return BootTime.of(stored, stat, bootId);
    }

    @Test
    void of_clockSteppedDuringBoot_sameAsFirst() throws IOException {
        assertEquals(1_790_000_000L, read());
        Files.writeString(stat, "btime 1790000001\n");

        assertEquals(1_790_000_000L, read());
    }

    @Test
    void of_nextBoot_new() throws IOException {
        read();
        Files.writeString(stat, "btime 1790009999\n");
        Files.writeString(bootId, BOOT.replace('0', '1') + "\n");

        assertEquals(1_790_009_999L, read());
    }

    @Test
    void of_damagedFile_readFromTheKernelAgain() throws IOException {
        Files.writeString(stored.path(), BOOT + " 17900");
        assertEquals(1_790_000_000L, read());
        Files.writeString(stored.path(), "x".repeat(1000));
        assertEquals(1_790_000_000L, read());
    }

    @Test
    void of_noBtime_error() throws IOException {
        Files.writeString(stat, "cpu 1\n");

        var e = assertThrows(IOException.class, this::read);
        assertTrue(e.toString().contains("no btime line"), e.toString());
    }

    @Test
    void ofThisBoot_host_plausible() throws IOException {
        assertTrue(BootTime.ofThisBoot(stored) > 1_500_000_000L);
    }
}
