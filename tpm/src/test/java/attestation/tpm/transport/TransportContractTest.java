// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Await;
import attestation.fixtures.Swtpm;
import attestation.fixtures.TpmFault;
import attestation.tpm.TpmAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

/** What every transport promises, on every kind of server. */
class TransportContractTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final byte[] GET_RANDOM = hex("80010000000c0000017b0010");
    private static final byte[] RESET_PCR_16 =
            hex("80020000001b0000013d00000010" + "00000009" + "40000009" + "0000" + "00" + "0000");

    /** A server and how it treats its clients. */
    enum Server {
        UNIX_CLOSING,
        UNIX_KEPT,
        UNIX_SHARED,
        TCP_CLOSING,
        TCP_CLOSING_WITHOUT_CONTROL,
        TCP_KEPT,
        TCP_KEPT_WITHOUT_CONTROL,
        TCP_SHARED;

        Swtpm start() {
            return switch (this) {
                case UNIX_CLOSING -> Swtpm.builder().start();
                case UNIX_KEPT -> Swtpm.builder().keptOpen().start();
                case UNIX_SHARED -> Swtpm.builder().shared().start();
                case TCP_CLOSING -> Swtpm.builder().tcp().start();
                case TCP_CLOSING_WITHOUT_CONTROL -> Swtpm.builder().tcp().withoutControl().start();
                case TCP_KEPT -> Swtpm.builder().tcp().keptOpen().start();
                case TCP_KEPT_WITHOUT_CONTROL ->
                        Swtpm.builder().tcp().keptOpen().withoutControl().start();
                case TCP_SHARED -> Swtpm.builder().tcp().shared().start();
            };
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static TpmTransport open(Swtpm swtpm) throws IOException {
        return Transports.opener(TpmAddress.parse(swtpm.tcti())).open(PATIENCE);
    }

    private static int code(byte[] response) {
        assertEquals(response.length, ByteBuffer.wrap(response).getInt(2));
        return ByteBuffer.wrap(response).getInt(6);
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void transmit_manyCommands_eachIsAnsweredInFull(Server server) throws Exception {
        try (Swtpm swtpm = server.start();
                TpmTransport transport = open(swtpm)) {
            for (int i = 0; i < 50; i++) {
                byte[] random = transport.transmit(GET_RANDOM, PATIENCE);
                assertEquals(0, code(random));
                assertEquals(28, random.length);
                assertEquals(0, code(transport.transmit(RESET_PCR_16, PATIENCE)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void release_anyServer_letsOthersInAndConnectsAgain(Server server) throws Exception {
        try (Swtpm swtpm = server.start();
                TpmTransport first = open(swtpm);
                TpmTransport second = open(swtpm)) {
            assertEquals(0, code(first.transmit(GET_RANDOM, PATIENCE)));
            first.release();
            assertEquals(0, code(second.transmit(GET_RANDOM, PATIENCE)));
            second.release();
            assertEquals(0, code(first.transmit(GET_RANDOM, PATIENCE)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Server.class,
            names = {"UNIX_KEPT", "TCP_KEPT"})
    void transmit_underLoadWithoutPause_letsAWaitingClientIn(Server server) throws Exception {
        try (Swtpm swtpm = server.start();
                TpmTransport busy = open(swtpm);
                TpmTransport waiting = open(swtpm)) {
            assertEquals(0, code(busy.transmit(GET_RANDOM, PATIENCE)));
            Thread other =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            waiting.transmit(GET_RANDOM, PATIENCE);
                                            waiting.release();
                                        } catch (IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    });
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (other.isAlive() && System.nanoTime() < deadline) {
                assertEquals(0, code(busy.transmit(GET_RANDOM, PATIENCE)));
            }
            assertFalse(other.isAlive(), "the waiting client never got its turn");
        }
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void close_thenTransmit_fails(Server server) throws Exception {
        try (Swtpm swtpm = server.start()) {
            TpmTransport transport = open(swtpm);
            transport.close();
            transport.close();
            assertThrows(IOException.class, () -> transport.transmit(GET_RANDOM, PATIENCE));
        }
    }

    @Test
    void transmit_keptConnection_isOneConnectionForManyCommands() throws Exception {
        try (Swtpm swtpm = Server.TCP_SHARED.start();
                TpmTransport transport = open(swtpm)) {
            transport.transmit(GET_RANDOM, PATIENCE);
            int before = swtpm.proxy().connections();
            for (int i = 0; i < 20; i++) {
                transport.transmit(GET_RANDOM, PATIENCE);
            }
            assertEquals(before, swtpm.proxy().connections());
            assertEquals(21, swtpm.proxy().total());
        }
    }

    @Test
    void transmit_serverClosedWhileIdle_isNoticedBeforeSending() throws Exception {
        try (Swtpm swtpm = Server.UNIX_SHARED.start();
                TpmTransport transport = open(swtpm)) {
            transport.transmit(GET_RANDOM, PATIENCE);
            transport.transmit(GET_RANDOM, PATIENCE);
            swtpm.proxy().dropConnections();
            Await.until("the end of the connection", () -> swtpm.proxy().connections() == 0);
            assertEquals(0, code(transport.transmit(RESET_PCR_16, PATIENCE)));
            assertEquals(1, swtpm.proxy().count(0x13d));
        }
    }

    @Test
    void transmit_answerToAChangeLost_isNotSentAgain() throws Exception {
        try (Swtpm swtpm = Server.UNIX_SHARED.start();
                TpmTransport transport = open(swtpm)) {
            transport.transmit(GET_RANDOM, PATIENCE);
            swtpm.proxy().inject(0x13d, new TpmFault.Dropped(true));
            assertThrows(IOException.class, () -> transport.transmit(RESET_PCR_16, PATIENCE));
            assertEquals(1, swtpm.proxy().count(0x13d));
        }
    }

    @Test
    void transmit_noAnswer_endsAtItsTimeout() throws Exception {
        try (Swtpm swtpm = Server.UNIX_SHARED.start();
                TpmTransport transport = open(swtpm)) {
            swtpm.proxy().inject(new TpmFault.Hang());
            long start = System.nanoTime();
            assertThrows(
                    IOException.class,
                    () -> transport.transmit(GET_RANDOM, Duration.ofMillis(300)));
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(millis >= 300 && millis < 5000, millis + " ms");
            swtpm.proxy().releaseHung();
        }
    }

    @Test
    void open_nobodyThere_namesThePlace(@TempDir Path folder) {
        String address = "swtpm:path=" + folder.resolve("none");
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> Transports.opener(TpmAddress.parse(address)).open(PATIENCE));
        assertTrue(String.valueOf(e.getMessage()).contains(address), e.getMessage());
    }

    @Test
    void open_deviceAbsentOrNoDevice_saysWhy(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertEquals(
                "cannot open " + file + ": not a character device (expected: /dev/tpmrm0)",
                failure("device:" + file));
        String absent = failure("device:" + folder.resolve("tpmrm9"));
        assertTrue(absent.contains("no such file - this host has no TPM"), absent);
        assertEquals("x", Files.readString(file));
    }

    /** As Linux 6.1 leaves /dev after its driver was unbound and bound again. */
    @Test
    void open_deviceCameBackUnderAnotherNumber_namesItAndTheReboot(@TempDir Path folder)
            throws Exception {
        Path other = Files.createFile(folder.resolve("tpmrm1"));
        Files.createFile(folder.resolve("tpm1"));
        String absent = failure("device:" + folder.resolve("tpmrm0"));
        assertTrue(absent.contains("but " + other + " is there"), absent);
        assertTrue(absent.contains("reboot"), absent);
    }

    private static String failure(String address) {
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> Transports.opener(TpmAddress.parse(address)).open(PATIENCE));
        return String.valueOf(e.getMessage());
    }
}
