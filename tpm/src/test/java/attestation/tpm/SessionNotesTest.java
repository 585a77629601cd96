// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Await;
import attestation.fixtures.Swtpm;
import attestation.fixtures.TpmFault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which sessions of a former run are flushed. */
class SessionNotesTest {
    @TempDir Path folder;

    private Path notes() {
        return folder.resolve("tpm-sessions");
    }

    private Tpm tpm(Swtpm swtpm) {
        return Tpm.start(Given.settings(swtpm).withSessionNotes(notes()));
    }

    private static int session(Swtpm swtpm) throws Exception {
        byte[] answer = swtpm.raw().transmit(RefusalTest.START_SESSION);
        return java.nio.ByteBuffer.wrap(answer).getInt(10);
    }

    /** As the counters of this TPM are now. */
    private static String boot(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            ClockInfo clock = tpm.info(Given.PATIENCE).clock().orElseThrow();
            return String.format(
                    "resets=%08x restarts=%08x", clock.resetCount(), clock.restartCount());
        }
    }

    @Test
    void start_noteOfThisBoot_flushesThatSessionOnlyAndForgetsIt() throws Exception {
        try (Swtpm swtpm = Swtpm.start()) {
            int ours = session(swtpm);
            int foreign = session(swtpm);
            Files.writeString(
                    notes(), String.format("%s sessions=%08x,03ffffff%n", boot(swtpm), ours));
            try (Tpm tpm = tpm(swtpm)) {
                Given.warmAk(tpm);
                assertEquals(List.of(foreign), swtpm.sessions());
            }
            assertEquals(List.of(foreign), swtpm.sessions());
            assertFalse(Files.exists(notes()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resets=ffffffff restarts=00000000 sessions=%s\n",
                "BOOT sessions=%s",
                "BOOT sessions=%s\nmore",
                "BOOT sessions=0x%s\n",
                "BOOT sessions=,\n",
                "BOOT sessions=80000000,40000001,%sff\n",
                "\0\1\2",
                ""
            })
    void start_noteOfAnotherBootOrDamaged_flushesNothing(String text) throws Exception {
        try (Swtpm swtpm = Swtpm.start()) {
            int session = session(swtpm);
            String note =
                    text.replace("BOOT", boot(swtpm)).replace("%s", String.format("%08x", session));
            Files.writeString(notes(), note);
            try (Tpm tpm = tpm(swtpm)) {
                Given.warmAk(tpm);
            }
            assertEquals(List.of(session), swtpm.sessions());
            assertFalse(Files.exists(notes()));
        }
    }

    @Test
    void openSession_isNotedAndFlushedAfterItsConnectionBroke() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start();
                Tpm tpm = tpm(swtpm)) {
            AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            EkRequest ek = EkRequest.of(EncryptionAlgorithm.ECC256);
            swtpm.proxy().inject(0x153, new TpmFault.Hang());
            Thread making =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            tpm.createAk(ek, template, Given.PATIENCE);
                                        } catch (TpmException | InterruptedException e) {
                                            throw new IllegalStateException(e);
                                        }
                                    });
            Await.until("a session is open", () -> !swtpm.sessions().isEmpty());
            String handle = String.format("sessions=%08x", swtpm.sessions().getFirst());
            Await.until("noted", () -> Files.exists(notes()));
            assertTrue(Files.readString(notes()).contains(handle), Files.readString(notes()));
            swtpm.proxy().releaseHung();
            making.join();
            assertEquals(List.of(), swtpm.sessions());
            assertFalse(Files.exists(notes()));
        }
    }

    @Test
    void start_stateThatCannotBeWritten_worksAllTheSame() throws Exception {
        Path none = folder.resolve("none/tpm-sessions");
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Tpm.start(Given.settings(swtpm).withSessionNotes(none))) {
            Given.warmAk(tpm);
            assertEquals(List.of(), swtpm.sessions());
        }
    }
}
