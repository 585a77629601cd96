// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Swtpm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.util.Optional;

/** Locked NV, and a TPM in failure mode. */
class LockedOrFailingTest {
    private static final EkRequest EK_HIGH = EkRequest.of(EncryptionAlgorithm.ECC384);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endorsementKey_nvLockedOrNot_givesTheSameCertificate(boolean locked) throws Exception {
        Swtpm.Builder builder = locked ? Swtpm.builder().nvLocked() : Swtpm.builder();
        try (Swtpm swtpm = builder.start();
                Tpm tpm = Given.tpm(swtpm)) {
            swtpm.run("tpm2_nvread", "0x01c00016", "-o", "certificate");
            EndorsementKey key = tpm.endorsementKey(EK_HIGH, Given.PATIENCE);
            assertEquals(
                    RefusalTest.hex(Files.readAllBytes(swtpm.folder().resolve("certificate"))),
                    RefusalTest.hex(key.certificate().orElseThrow()));
            for (TpmInfo.EkCertificate found : tpm.info(Given.PATIENCE).certificates()) {
                assertEquals(Optional.of(true), found.matches(), found.template());
            }
            Files.write(swtpm.folder().resolve("x"), new byte[1]);
            String[] overwrite = {"tpm2_nvwrite", "0x01c00016", "-C", "p", "-i", "x"};
            assertEquals(locked, swtpm.attempt(overwrite).exitCode() != 0, "the fixture's lock");
        }
    }

    @Test
    void endorsementKey_certificateLockedForReading_isSaidAndNoError() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().withoutEkCertificate().start();
                Tpm tpm = Given.tpm(swtpm)) {
            Files.write(swtpm.folder().resolve("nv"), new byte[] {0x30, 0x00});
            String attributes = "ownerwrite|ownerread|authread|read_stclear";
            swtpm.run("tpm2_nvdefine", "0x01c00016", "-C", "o", "-s", "2", "-a", attributes);
            swtpm.run("tpm2_nvwrite", "0x01c00016", "-C", "o", "-i", "nv");
            swtpm.run("tpm2_nvreadlock", "0x01c00016", "-C", "o");
            EndorsementKey key = tpm.endorsementKey(EK_HIGH, Given.PATIENCE);
            assertTrue(key.certificate().isEmpty());
            assertTrue(key.certificateUnreadable());
            assertEquals(
                    "TPM2_NV_Read of NV index 0x01c00016: TPM_RC_NV_LOCKED (0x148): the index is"
                            + " locked for reading until the TPM is reset, by whoever read it before"
                            + " - reboot, or ask who locks it",
                    key.certificateNote());
        }
    }

    @Test
    void everything_inFailureMode_saysSoAndWorksAgainAfterAReset() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start();
                Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            swtpm.fail();
            TpmException.CommandFailed e =
                    assertThrows(TpmException.CommandFailed.class, () -> Given.quote(tpm, "n"));
            assertEquals(
                    "TPM2_Quote: TPM_RC_FAILURE (0x101): the TPM is in failure mode - power the host"
                            + " off and on; if it stays, the TPM or its firmware is broken",
                    e.getMessage());
            TpmSnapshot.Refusal refusal = tpm.snapshot().refusing().orElseThrow();
            assertTrue(refusal.failureMode());
            assertEquals(e.getMessage(), refusal.reason());
            try (Tpm late = Given.tpm(swtpm)) {
                TpmInfo info = late.info(Given.PATIENCE);
                assertTrue(info.failure().orElseThrow().contains("TPM_RC_FAILURE"));
                assertEquals(Optional.empty(), info.lockout());
                assertTrue(late.snapshot().refusing().isPresent());
                assertTrue(late.maxQualifyingData().orElseThrow() >= 34);
                assertTrue(late.snapshot().connected());
            }
            swtpm.restart();
            Given.quote(tpm, "again");
            assertEquals(Optional.empty(), tpm.snapshot().refusing());
        }
    }
}
