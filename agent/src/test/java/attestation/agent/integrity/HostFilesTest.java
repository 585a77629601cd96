// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class HostFilesTest {
    @TempDir Path root;

    /** As the files "evm" and "lockdown" of securityfs, which answer lseek with ESPIPE. */
    @Test
    void read_fileWithoutAPosition_isReadWhole() throws Exception {
        Path pipe = root.resolve("evm");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Process writer =
                new ProcessBuilder("sh", "-c", "printf '0\\n' >\"$1\"", "sh", pipe.toString())
                        .start();
        try (InputStream in = Files.newInputStream(pipe)) {
            assertArrayEquals(new byte[] {'0', '\n'}, HostFiles.bounded(in));
        } finally {
            writer.destroyForcibly();
        }
    }

    /** Nobody writes into it: opening it would never end. */
    @Test
    void read_pipe_isNotOpened() throws Exception {
        Path pipe = root.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Reading reading = new Reading.Unreadable("neither a file nor a folder");
        assertEquals(reading, new HostFiles(root).read("/pipe"));
        assertEquals(reading, new HostFiles(root).tail("/pipe"));
    }

    @Test
    void tail_ofALongFile_isItsLastLines() throws Exception {
        byte[] lines = "a line\n".repeat(700_000).getBytes(StandardCharsets.US_ASCII);
        Files.write(root.resolve("long"), lines);
        String tail = new HostFiles(root).tail("/long").content().orElseThrow();
        assertTrue(tail.startsWith("a line\n") && tail.endsWith("\na line\n"));
        assertTrue(tail.length() <= 4 << 20 && tail.length() > (4 << 20) - 8);
        assertTrue(new HostFiles(root).isLong("/long"));
        Files.writeString(root.resolve("short"), "all\nof it");
        assertEquals(new Reading.Content("all\nof it"), new HostFiles(root).tail("/short"));
    }

    @Test
    void read_moreThanTheBound_isUnreadable() throws Exception {
        Files.write(root.resolve("long"), new byte[(4 << 20) + 1]);
        assertEquals(
                new Reading.Unreadable("more than 4194304 bytes"),
                new HostFiles(root).read("/long"));
    }
}
