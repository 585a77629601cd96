// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        try {
            assertEquals(new Reading.Content("0\n"), new HostFiles(root).read("/evm"));
        } finally {
            writer.destroyForcibly();
        }
    }

    @Test
    void read_moreThanTheBound_isUnreadable() throws Exception {
        Files.write(root.resolve("long"), new byte[(4 << 20) + 1]);
        assertEquals(
                new Reading.Unreadable("more than 4194304 bytes"),
                new HostFiles(root).read("/long"));
    }
}
