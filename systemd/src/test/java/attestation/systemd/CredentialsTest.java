// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class CredentialsTest {

    @TempDir Path folder = Path.of("set by JUnit");

    private Credentials credentials() throws IOException {
        return Credentials.of(Map.of("CREDENTIALS_DIRECTORY", folder.toString()));
    }

    private String refused(String name) {
        return assertThrows(IOException.class, () -> credentials().read(name)).toString();
    }

    @Test
    void read_present_isItsBytes_absent_isEmpty() throws IOException {
        Files.write(folder.resolve("tls-key.password"), new byte[] {1, 0, (byte) 0xff});
        assertArrayEquals(
                new byte[] {1, 0, (byte) 0xff},
                credentials().read("tls-key.password").orElseThrow());
        assertEquals(Optional.empty(), credentials().read("other"));
        assertTrue(credentials().isPresent());
    }

    @Test
    void read_unitWithoutCredentials_isEmpty() throws IOException {
        Credentials none = Credentials.of(Map.of());
        assertFalse(none.isPresent());
        assertEquals(Optional.empty(), none.read("any"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "..", ".", "", "a/b", "a\0b", "a\nb", "é"})
    void read_nameThatLeavesTheFolder_isRefused(String name) throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.writeString(folder.resolve("a/b"), "x");
        assertTrue(refused(name).contains("(expected: printable ASCII without slash)"));
    }

    @Test
    void read_linkOrFolder_isRefused() throws IOException {
        Path outside = Files.writeString(folder.resolve("outside"), "x");
        Files.createSymbolicLink(folder.resolve("link"), outside);
        Files.createDirectory(folder.resolve("sub"));
        assertEquals("java.io.IOException: credential link - is no regular file", refused("link"));
        assertEquals("java.io.IOException: credential sub - is no regular file", refused("sub"));
    }

    @Test
    void read_oneByteTooLarge_isRefused_justLargeEnoughIsNot() throws IOException {
        Files.write(folder.resolve("fits"), new byte[1 << 20]);
        Files.write(folder.resolve("large"), new byte[(1 << 20) + 1]);
        assertEquals(1 << 20, credentials().read("fits").orElseThrow().length);
        assertTrue(refused("large").contains("too large (expected: <= 1048576 bytes)"));
    }

    @Test
    void of_relativeFolder_isRefused() {
        var relative = Map.of("CREDENTIALS_DIRECTORY", "run/x");
        assertThrows(IOException.class, () -> Credentials.of(relative));
    }
}
