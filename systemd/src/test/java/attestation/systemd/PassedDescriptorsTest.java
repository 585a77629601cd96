// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import attestation.fixtures.Tool;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

class PassedDescriptorsTest {

    private static final long PID = ProcessHandle.current().pid();

    @TempDir Path folder = Path.of("set by JUnit");

    private static String refused(Map<String, String> environment) {
        return assertThrows(IOException.class, () -> PassedDescriptors.of(environment, PID))
                .toString();
    }

    @Test
    void of_absentOrForOthers_isNone() throws IOException {
        assertEquals(List.of(), PassedDescriptors.of(Map.of(), PID).all());
        var others = Map.of("LISTEN_FDS", "1", "LISTEN_PID", Long.toString(PID + 1));
        assertEquals(List.of(), PassedDescriptors.of(others, PID).all());
        assertEquals(List.of(), PassedDescriptors.of(Map.of("LISTEN_FDS", "1"), PID).all());
    }

    @Test
    void of_malformed_saysWhatWasExpected() {
        String us = Long.toString(PID);
        assertEquals(
                "java.io.IOException: LISTEN_FDS - 99999 (expected: 0..256)",
                refused(Map.of("LISTEN_FDS", "99999", "LISTEN_PID", us)));
        assertEquals(
                "java.io.IOException: LISTEN_FDS - x\\n (expected: 0..256)",
                refused(Map.of("LISTEN_FDS", "x\n", "LISTEN_PID", us)));
        assertEquals(
                "java.io.IOException: LISTEN_FDNAMES - 2 names (expected: 1, as LISTEN_FDS says)",
                refused(Map.of("LISTEN_FDS", "1", "LISTEN_PID", us, "LISTEN_FDNAMES", "a:b")));
    }

    /** A process of its own, since descriptor 3 of this one is the JVM's. */
    @Test
    void read_descriptorOfTheManager_goesOnWhenTheFileHasGrown() throws IOException {
        Path file = Files.writeString(folder.resolve("list"), "one\n");
        String java = ProcessHandle.current().info().command().orElseThrow();
        String script =
                "exec 3<%s; export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=ima; exec %s --enable-native-access=ALL-UNNAMED -cp '%s' '%s' '%s'"
                        .formatted(
                                file,
                                java,
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                file);
        Tool.Result result = Tool.run(folder, Map.of(), List.of("bash", "-c", script));
        assertEquals("ima 3 one two closed", result.text());
    }

    /** Takes descriptor 3, reads to the end, lets the file grow, reads on. */
    static final class Child {
        public static void main(String[] arguments) throws IOException {
            PassedDescriptors passed = PassedDescriptors.fromEnvironment();
            PassedDescriptor ima = passed.named("ima").orElseThrow();
            StringBuilder seen = new StringBuilder(ima.name() + " " + ima.number());
            seen.append(' ').append(readAll(ima));
            Files.writeString(Path.of(arguments[0]), "two\n", StandardOpenOption.APPEND);
            seen.append(' ').append(readAll(ima));
            ima.close();
            try {
                seen.append(ima.read(ByteBuffer.allocate(1)));
            } catch (ClosedChannelException e) {
                seen.append(" closed");
            }
            System.out.println(seen);
        }

        private static String readAll(PassedDescriptor channel) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            while (channel.read(buffer) >= 0) {
                // to the end
            }
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII)
                    .strip();
        }
    }
}
