// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Tool;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class FileSystemMagicTest {
    @ParameterizedTest
    @ValueSource(strings = {"/", "/proc", "/dev", "/tmp"})
    void of_fileSystemsOfThisHost_asStatTellsThem(String path) throws Exception {
        String told = Tool.run("stat", "-f", "-c", "%t", path).text();
        assertEquals(told, Long.toHexString(FileSystemMagic.of(Path.of(path))));
    }

    @Test
    void isTmpfs_proc_isNot() throws Exception {
        assertEquals(0x9fa0, FileSystemMagic.of(Path.of("/proc/self/status")));
        assertEquals(false, FileSystemMagic.isTmpfs(Path.of("/proc")));
    }

    @Test
    void of_nameBeyondAscii_isFound(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("ä"));
        assertEquals(FileSystemMagic.of(folder), FileSystemMagic.of(file));
    }

    @Test
    void of_missingFile_isNamed(@TempDir Path folder) {
        Path missing = folder.resolve("missing");
        var e = assertThrows(IOException.class, () -> FileSystemMagic.of(missing));
        assertTrue(String.valueOf(e.getMessage()).contains(missing + ": "), e.toString());
    }
}
