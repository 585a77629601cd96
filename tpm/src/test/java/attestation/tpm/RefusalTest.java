// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Swtpm;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * Passwords, lockout, full slots, absent certificates: what the TPM refuses, and how that reads.
 */
class RefusalTest {
    private static final EkRequest EK = EkRequest.of(EncryptionAlgorithm.ECC256);
    private static final EkRequest EK_HIGH = EkRequest.of(EncryptionAlgorithm.ECC384);
    private static final String PASSWORD = "correct horse battery";

    @Test
    void everything_withPasswords_worksAndNeverShowsThem() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start()) {
            swtpm.run("tpm2_changeauth", "-c", "endorsement", PASSWORD);
            swtpm.run("tpm2_changeauth", "-c", "owner", "hex:0011223344556677");
            Optional<Auth> endorsement = Optional.of(Auth.parse(PASSWORD));
            Optional<Auth> owner = Optional.of(Auth.parse("hex:0011223344556677"));
            swtpm.proxy().reset();
            try (Tpm tpm = Tpm.start(Given.settings(swtpm).withAuth(endorsement, owner))) {
                Given.ak(tpm, EncryptionAlgorithm.ECC384, HashAlgorithm.SHA256);
                Given.warmAk(tpm);
                SealedBlob blob = tpm.seal(new byte[] {7}, Optional.empty(), Given.PATIENCE);
                assertArrayEquals(new byte[] {7}, tpm.unseal(blob, Given.PATIENCE));
                assertTrue(tpm.endorsementKey(EK_HIGH, Given.PATIENCE).certificate().isPresent());
            }
            KeyOracleTest.assertHidden(swtpm.proxy(), Given.bytes(PASSWORD));
            KeyOracleTest.assertHidden(swtpm.proxy(), Auth.parse("hex:0011223344556677").bytes());
            assertEquals(List.of(), swtpm.sessions());
            assertEquals(List.of(), swtpm.transientHandles());
        }
    }

    @Test
    void createAk_wrongPassword_isTriedOnceAndSaidTwice() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start()) {
            swtpm.run("tpm2_changeauth", "-c", "endorsement", PASSWORD);
            Optional<Auth> wrong = Optional.of(Auth.parse("wrong"));
            try (Tpm tpm = Tpm.start(Given.settings(swtpm).withAuth(wrong, Optional.empty()))) {
                AkTemplate template =
                        Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
                for (int i = 0; i < 2; i++) {
                    TpmException.CommandFailed e =
                            assertThrows(
                                    TpmException.CommandFailed.class,
                                    () -> tpm.createAk(EK, template, Given.PATIENCE));
                    assertTrue(e.getMessage().contains("wrong password"), e.getMessage());
                }
                assertEquals(1, swtpm.proxy().count(0x131));
                assertEquals(0, tpm.info(Given.PATIENCE).lockout().orElseThrow().counter());
            }
            assertEquals(List.of(), swtpm.sessions());
        }
    }

    @Test
    void quote_inLockout_saysSoWithWhatToDo() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            swtpm.run("tpm2_dictionarylockout", "-s", "-n", "1", "-t", "1000", "-l", "1000");
            swtpm.run("tpm2_createprimary", "-C", "o", "-p", "right", "-c", "key.ctx");
            swtpm.attempt("tpm2_create", "-C", "key.ctx", "-P", "wrong", "-u", "u", "-r", "r");
            TpmException.CommandFailed e =
                    assertThrows(TpmException.CommandFailed.class, () -> Given.quote(tpm, "n"));
            assertTrue(e.lockout());
            assertTrue(e.getMessage().startsWith("TPM2_Quote: TPM_RC_LOCKOUT (0x921): the TPM is"));
            assertTrue(
                    e.getMessage()
                            .endsWith(
                                    "; now 1 failures count of the 1 that lock it, and one is"
                                            + " forgiven every 1000 s"),
                    e.getMessage());
            assertTrue(tpm.info(Given.PATIENCE).lockout().orElseThrow().inLockout());
            assertEquals(e.getMessage(), tpm.snapshot().refusing().orElseThrow().reason());
            assertTrue(!tpm.snapshot().refusing().orElseThrow().failureMode());
            swtpm.run("tpm2_dictionarylockout", "-c");
            Given.quote(tpm, "again");
            assertEquals(Optional.empty(), tpm.snapshot().refusing());
        }
    }

    @Test
    void loadAk_objectSlotsFullOfForeignObjects_saysSoAndFlushesNone() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            for (int i = 0; i < 3; i++) {
                swtpm.run("tpm2_createprimary", "-C", "o", "-c", i + ".ctx");
            }
            AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            TpmException.CommandFailed e =
                    assertThrows(
                            TpmException.CommandFailed.class,
                            () -> tpm.createAk(EK, template, Given.PATIENCE));
            assertEquals(TpmRc.OBJECT_MEMORY, e.rc().base());
            assertTrue(e.getMessage().contains("all object slots of the TPM are taken by others"));
            assertEquals(3, swtpm.transientHandles().size());
            swtpm.run("tpm2_flushcontext", "-t");
            Given.warmAk(tpm);
        }
    }

    @Test
    void createAk_sessionSlotsFull_saysSoAndLeavesThem() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            for (int i = 0; i < 3; i++) {
                swtpm.raw().transmit(START_SESSION);
            }
            AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            TpmException.CommandFailed e =
                    assertThrows(
                            TpmException.CommandFailed.class,
                            () -> tpm.createAk(EK, template, Given.PATIENCE));
            assertEquals(TpmRc.SESSION_MEMORY, e.rc().base());
            assertTrue(e.getMessage().contains("all session slots"), e.getMessage());
            assertEquals(3, swtpm.sessions().size());
            assertEquals(List.of(), swtpm.transientHandles());
        }
    }

    @Test
    void info_loadedAndSavedSessions_areAllListed() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            swtpm.raw().transmit(START_SESSION);
            byte[] hmac = START_SESSION.clone();
            hmac[hmac.length - 5] = 0; // TPM_SE_HMAC
            swtpm.raw().transmit(hmac);
            TpmInfo.Handles handles = tpm.info(Given.PATIENCE).handles();
            assertEquals(
                    swtpm.sessions().stream().sorted().toList(),
                    handles.loadedSessions().stream().sorted().toList());
            assertEquals(2, handles.loadedSessions().size());
        }
    }

    @Test
    void loadAk_slotsFullOfLeftoversOfAKilledRun_makesRoomAndLeavesTheForeignOne()
            throws Exception {
        try (Swtpm swtpm = Swtpm.start()) {
            Tpm killed = Given.tpm(swtpm);
            AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            AkBlob blob = killed.createAk(EK, template, Given.PATIENCE);
            killed.loadAk(EK, blob, Given.PATIENCE);
            List<Integer> foreign = Given.foreignObject(swtpm);
            swtpm.run("tpm2_createek", "-G", "ecc", "-c", "ek.ctx");
            assertEquals(3, swtpm.transientHandles().size());
            try (Tpm next = Given.tpm(swtpm)) {
                next.loadAk(EK, blob, Given.PATIENCE);
                Given.quote(next, "n");
                assertEquals(2, swtpm.transientHandles().size());
            }
            assertEquals(foreign, swtpm.transientHandles());
            killed.close();
        }
    }

    @Test
    void endorsementKey_slotsFullAndOneHoldsIt_makesRoomAndLeavesForeignOnes() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            swtpm.run("tpm2_createek", "-G", "ecc", "-c", "ek.ctx");
            List<Integer> foreign = new java.util.ArrayList<>(Given.foreignObject(swtpm));
            foreign.addAll(Given.foreignObject(swtpm));
            assertEquals(3, swtpm.transientHandles().size());
            tpm.endorsementKey(EK, Given.PATIENCE);
            assertEquals(
                    foreign.stream().sorted().toList(),
                    swtpm.transientHandles().stream().sorted().toList());
        }
    }

    /**
     * TPM2_StartAuthSession: no key, no bind, 16 zero bytes, no salt, policy, no cipher, SHA-256.
     */
    static final byte[] START_SESSION =
            java.util.HexFormat.of()
                    .parseHex(
                            "80010000002b00000176"
                                    + "4000000740000007"
                                    + "0010"
                                    + "00".repeat(16)
                                    + "0000"
                                    + "01"
                                    + "0010"
                                    + "000b");

    @Test
    void loadAk_blobOfAnotherTpm_saysIntegrityAndWhatToDo() throws Exception {
        AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
        AkBlob foreign;
        try (Swtpm other = Swtpm.builder().fresh().start();
                Tpm tpm = Given.tpm(other)) {
            foreign = tpm.createAk(EK, template, Given.PATIENCE);
        }
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            TpmException.CommandFailed e =
                    assertThrows(
                            TpmException.CommandFailed.class,
                            () -> tpm.loadAk(EK, foreign, Given.PATIENCE));
            assertEquals(
                    "TPM2_Load of the AK: TPM_RC_INTEGRITY (0x1df, parameter 1): the key blob was"
                            + " not made by this TPM under this parent - the TPM was cleared or"
                            + " exchanged, or the file belongs to another host; put the right file"
                            + " back, or make a new identity deliberately and enrol again",
                    e.getMessage());
            assertEquals(List.of(), swtpm.transientHandles());
            assertEquals(List.of(), swtpm.sessions());
            assertTrue(!tpm.snapshot().akLoaded());
        }
    }

    @Test
    void createAk_kindTheTpmLacks_isToldWithTheKind() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            TpmException.CommandFailed e =
                    assertThrows(
                            TpmException.CommandFailed.class,
                            () ->
                                    tpm.endorsementKey(
                                            EkRequest.of(EncryptionAlgorithm.RSA4096),
                                            Given.PATIENCE));
            assertTrue(
                    e.getMessage().startsWith("TPM2_CreatePrimary of the EK (H-7): TPM_RC_VALUE"),
                    e.getMessage());
            assertTrue(e.getMessage().contains("cannot make this kind of key"), e.getMessage());
        }
    }

    @Test
    void endorsementKey_withoutCertificate_isNoError() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().withoutEkCertificate().start();
                Tpm tpm = Given.tpm(swtpm)) {
            EndorsementKey key = tpm.endorsementKey(EK_HIGH, Given.PATIENCE);
            assertTrue(key.certificate().isEmpty());
            assertEquals("no EK certificate at NV index 0x01c00016", key.certificateNote());
            assertTrue(!key.certificateUnreadable());
            assertEquals(List.of(), key.chain());
        }
    }

    @Test
    void endorsementKey_oddCertificateAndChainInNv_arePassedOnUnchanged() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().withoutEkCertificate().start();
                Tpm tpm = Given.tpm(swtpm)) {
            define(swtpm, "0x01c0000a", "ff00ff00");
            define(swtpm, "0x01c00100", "300201aa3003010203");
            define(swtpm, "0x01c00105", "3002bbbbffff");
            EndorsementKey key = tpm.endorsementKey(EK, Given.PATIENCE);
            assertEquals("ff00ff00", hex(key.certificate().orElseThrow()));
            assertEquals(
                    List.of("300201aa", "3003010203", "3002bbbb"),
                    key.chain().stream().map(RefusalTest::hex).toList());
        }
    }

    static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    static void define(Swtpm swtpm, String index, String hex) throws Exception {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        Files.write(swtpm.folder().resolve("nv"), bytes);
        swtpm.run(
                "tpm2_nvdefine",
                index,
                "-C",
                "o",
                "-s",
                String.valueOf(bytes.length),
                "-a",
                "ownerwrite|ownerread|authread");
        swtpm.run("tpm2_nvwrite", index, "-C", "o", "-i", "nv");
    }

    @Test
    void info_ofATpm_agreesWithGetcap() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            TpmInfo info = tpm.info(Given.PATIENCE);
            assertEquals("IBM", info.manufacturer());
            assertEquals("2.0", info.spec().family());
            String fixed = swtpm.run("tpm2_getcap", "properties-fixed").text();
            assertTrue(fixed.contains("value: \"SW\""), fixed);
            assertTrue(info.vendorString().startsWith("SW"), info.vendorString());
            assertEquals(
                    List.of("sha1", "sha256"),
                    info.banks().stream()
                            .filter(TpmInfo.Bank::active)
                            .map(TpmInfo.Bank::name)
                            .sorted()
                            .toList());
            assertEquals(swtpm.persistentHandles(), info.handles().persistent());
            String curves = swtpm.run("tpm2_getcap", "ecc-curves").text();
            assertEquals(
                    curves.lines().filter(l -> !l.isBlank()).count(), info.curves().size(), curves);
            assertTrue(info.curves().contains("nist_p256"));
            String algorithms = swtpm.run("tpm2_getcap", "algorithms").text();
            assertEquals(
                    algorithms.lines().filter(l -> l.matches("^\\S.*:\\s*$")).count(),
                    info.algorithms().size());
            assertEquals(2, info.certificates().size());
            for (TpmInfo.EkCertificate certificate : info.certificates()) {
                assertEquals(Optional.of(true), certificate.matches(), certificate.template());
            }
            assertTrue(info.failure().isEmpty());
            assertEquals(List.of(), swtpm.transientHandles());
        }
    }
}
