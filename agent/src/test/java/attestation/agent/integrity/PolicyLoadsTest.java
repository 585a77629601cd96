// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

class PolicyLoadsTest {
    @TempDir Path folder;

    private void mode(String permissions) throws IOException {
        Path file = folder.resolve("policy");
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void load_isNoticedOnce_whenTheFileGoes() throws IOException {
        mode("-w-------");
        PolicyLoads loads = new PolicyLoads(folder);
        assertEquals(Optional.empty(), loads.get());
        Files.delete(folder.resolve("policy"));
        assertEquals(Optional.of("a custom IMA policy was loaded"), loads.get());
        assertEquals(Optional.empty(), loads.get());
    }

    @Test
    void load_isNoticedOnce_whenTheFileCanNoMoreBeWritten() throws IOException {
        mode("rw-------");
        PolicyLoads loads = new PolicyLoads(folder);
        assertEquals(Optional.empty(), loads.get());
        mode("r--------");
        assertEquals(Optional.of("a custom IMA policy was loaded"), loads.get());
    }

    @Test
    void earlierLoad_isToldAsSuch_andNoImaAsNothing() throws IOException {
        assertEquals(
                Optional.of(
                        "a custom IMA policy was loaded in this boot, before the agent started"),
                new PolicyLoads(folder).get());
        assertEquals(Optional.empty(), new PolicyLoads(folder.resolve("absent")).get());
    }
}
