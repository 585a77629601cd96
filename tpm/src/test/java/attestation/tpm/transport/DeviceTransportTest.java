// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

/** The device transport on a pseudo terminal, which is a character device too. */
class DeviceTransportTest {
    private static final byte[] COMMAND = HexFormat.of().parseHex("80010000000c0000017b0010");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Makes a raw pty linked to argv[1], reads 12 bytes a command, answers argv[2..] in turn. */
    private static final String SERVER =
            """
            import os, pty, sys, time, tty
            master, slave = pty.openpty(); tty.setraw(slave); tty.setraw(master)
            os.symlink(os.ttyname(slave), sys.argv[1]); print("ready", flush=True)
            for answer in sys.argv[2:]:
                got = b""
                while len(got) < 12: got += os.read(master, 4096)
                for piece in answer.split("+"):
                    os.write(master, bytes.fromhex(piece)); time.sleep(0.05)
            time.sleep(60)
            """;

    private static Process device(Path link, String... answers) throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/ptmx")), "no pseudo-terminals here");
        Path script = Files.writeString(link.resolveSibling("server.py"), SERVER);
        var command = new java.util.ArrayList<>(java.util.List.of("python3", script.toString()));
        command.add(link.toString());
        command.addAll(java.util.List.of(answers));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("ready", out.readLine());
        return process;
    }

    @Test
    void transmit_responseInPieces_isPutTogether(@TempDir Path folder) throws Exception {
        String first = "80010000000c00000000";
        Process process = device(folder.resolve("tpmrm0"), first + "+abcd", "80010000000a00000101");
        try (TpmTransport transport = new DeviceTransport(folder.resolve("tpmrm0"))) {
            assertTrue(transport.managed());
            assertArrayEquals(
                    HexFormat.of().parseHex(first + "abcd"), transport.transmit(COMMAND, PATIENCE));
            transport.release(); // keeps the managed device open
            assertArrayEquals(
                    HexFormat.of().parseHex("80010000000a00000101"),
                    transport.transmit(COMMAND, PATIENCE));
        } finally {
            stop(process, folder.resolve("tpmrm0"));
        }
    }

    @Test
    void transmit_moreThanOneResponse_isRefused(@TempDir Path folder) throws Exception {
        String answer = "80010000000a00000000";
        Process process = device(folder.resolve("tpm0"), answer + answer);
        try (TpmTransport transport = new DeviceTransport(folder.resolve("tpm0"))) {
            assertTrue(!transport.managed());
            assertThrows(EOFException.class, () -> transport.transmit(COMMAND, PATIENCE));
        } finally {
            stop(process, folder.resolve("tpm0"));
        }
    }

    @Test
    void release_rawDevice_isOpenedAgain(@TempDir Path folder) throws Exception {
        String answer = "80010000000a00000000";
        Process process = device(folder.resolve("tpm0"), answer, answer);
        try (TpmTransport transport = new DeviceTransport(folder.resolve("tpm0"))) {
            assertEquals(10, transport.transmit(COMMAND, PATIENCE).length);
            transport.release();
            assertEquals(10, transport.transmit(COMMAND, PATIENCE).length);
        } finally {
            stop(process, folder.resolve("tpm0"));
        }
    }

    /** JUnit cannot remove a link whose target goes away while it looks at it. */
    private static void stop(Process process, Path link) throws Exception {
        process.destroy();
        process.waitFor();
        Files.deleteIfExists(link);
    }
}
