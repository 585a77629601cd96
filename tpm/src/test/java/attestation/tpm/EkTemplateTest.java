// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Swtpm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * EKs of the high-range templates, whose policy tpm2-tools compute, and the ways to be let in: the
 * endorsement password, or what an NV index of the owner allows.
 */
class EkTemplateTest {
    private static final String PASSWORD = "somebody else's";
    private static final int AT = 0x81010077;

    @ParameterizedTest
    @CsvSource({
        "ECC384, SHA384, ecc384:aes256cfb, H-3",
        "ECC521, SHA512, ecc521:aes256cfb, H-4",
        "RSA3072, SHA384, rsa3072:aes256cfb, H-6",
    })
    void endorsementKey_highRange_hasTheNameOfCreateprimary(
            EncryptionAlgorithm kind, HashAlgorithm hash, String type, String template)
            throws Exception {
        try (Swtpm swtpm = Swtpm.builder().withoutEk().start()) {
            EkPolicies policies = new EkPolicies(swtpm, hash);
            policies.allow(new byte[hash.size()]);
            policies.highRange(type);
            swtpm.run("tpm2_flushcontext", "-t");
            try (Tpm tpm = Given.tpm(swtpm)) {
                EndorsementKey made = tpm.endorsementKey(EkRequest.of(kind), Given.PATIENCE);
                assertArrayEquals(policies.read("ek.name"), made.name());
                assertEquals(template, made.template());
            }
        }
    }

    /** Those that are used only where their certificate is found, or at a handle. */
    @ParameterizedTest
    @CsvSource({
        "RSA2048, rsa2048:aes128cfb, H-1, 0x01c00012",
        "ECC256, ecc256:aes128cfb, H-2, 0x01c00014",
    })
    void endorsementKey_highRangeOfASmallKey_isMadeForItsCertificateAndUsedAtItsHandle(
            EncryptionAlgorithm kind, String type, String template, String index) throws Exception {
        try (Swtpm swtpm = Swtpm.builder().withoutEk().start()) {
            EkPolicies policies = new EkPolicies(swtpm, HashAlgorithm.SHA256);
            policies.allow(new byte[32]);
            policies.highRange(type);
            swtpm.run("tpm2_evictcontrol", "-C", "o", "-c", "ek.ctx", "0x81010077");
            swtpm.run("tpm2_flushcontext", "-t");
            byte[] certificate = policies.read("ek.der"); // any DER around the key will do
            RefusalTest.define(swtpm, index, HexFormat.of().formatHex(certificate));
            try (Tpm tpm = Given.tpm(swtpm)) {
                TpmInfo.EkCertificate found = tpm.info(Given.PATIENCE).certificates().getFirst();
                assertEquals(template, found.template());
                assertEquals(Optional.of(true), found.matches());
                EkRequest ek = new EkRequest(kind, OptionalInt.of(AT));
                EndorsementKey key = tpm.endorsementKey(ek, Given.PATIENCE);
                assertArrayEquals(policies.read("ek.name"), key.name());
                assertArrayEquals(certificate, key.certificate().orElseThrow());
                worksWithIt(tpm, ek);
            }
            assertEquals(List.of(), swtpm.sessions());
            assertEquals(List.of(), swtpm.transientHandles());
        }
    }

    private static void worksWithIt(Tpm tpm, EkRequest ek) throws Exception {
        AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
        AkBlob blob = tpm.createAk(ek, template, Given.PATIENCE);
        tpm.loadAk(ek, blob, Given.PATIENCE);
        Given.quote(tpm, "nonce");
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, true"})
    void policyIndex_ownerMayUseTheEk_noEndorsementPasswordIsNeeded(
            boolean any, boolean ownerPassword) throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start()) {
            EkPolicies policies = new EkPolicies(swtpm, HashAlgorithm.SHA384);
            policies.allow(any ? new byte[48] : policies.read(policies.secret("o")));
            swtpm.run("tpm2_changeauth", "-c", "endorsement", PASSWORD);
            Optional<Auth> owner = Optional.empty();
            if (ownerPassword) {
                swtpm.run("tpm2_changeauth", "-c", "owner", "the owner's");
                owner = Optional.of(Auth.parse("the owner's"));
            }
            EkRequest ek = new EkRequest(EncryptionAlgorithm.ECC384, OptionalInt.of(0x81010016));
            TpmSettings settings = Given.settings(swtpm).withAuth(Optional.empty(), owner);
            swtpm.proxy().reset();
            try (Tpm tpm = Tpm.start(settings)) {
                worksWithIt(tpm, ek);
                worksWithIt(tpm, ek);
                assertEquals(0, tpm.info(Given.PATIENCE).lockout().orElseThrow().counter());
            }
            // the wrong endorsement password once, the owner's for each use of the EK
            assertEquals(any ? 1 : 5, swtpm.proxy().count(0x151));
            assertEquals(4, swtpm.proxy().count(0x192));
            KeyOracleTest.assertHidden(swtpm.proxy(), Given.bytes("the owner's"));
            assertEquals(List.of(), swtpm.sessions());
            assertEquals(List.of(), swtpm.transientHandles());
        }
    }

    @Test
    void policyIndex_activateCredential_byTheOwnersPolicy() throws Exception {
        byte[] secret = Given.bytes("0123456789abcdef0123456789abcdef");
        try (Swtpm swtpm = Swtpm.builder().shared().start()) {
            EkPolicies policies = new EkPolicies(swtpm, HashAlgorithm.SHA384);
            policies.allow(policies.read(policies.secret("o")));
            swtpm.run("tpm2_changeauth", "-c", "endorsement", PASSWORD);
            EkRequest request =
                    new EkRequest(EncryptionAlgorithm.ECC384, OptionalInt.of(0x81010016));
            try (Tpm tpm = Given.tpm(swtpm)) {
                EndorsementKey ek = tpm.endorsementKey(request, Given.PATIENCE);
                AkTemplate template =
                        Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
                AkBlob blob = tpm.createAk(request, template, Given.PATIENCE);
                AttestationKey ak = tpm.loadAk(request, blob, Given.PATIENCE);
                KeyOracleTest.Challenged made =
                        KeyOracleTest.challenge(ek.tpm2bPublic(), ak.name(), secret);
                assertArrayEquals(
                        secret,
                        tpm.activateCredential(
                                made.idObject(), made.encryptedSecret(), Given.PATIENCE));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "none, TPM2_PolicySecret of the endorsement hierarchy: TPM_RC_BAD_AUTH",
        "lockout, EK policy at NV index 0x01c07f02: ",
        "garbage, EK policy at NV index 0x01c07f02: not a sha384 digest (expected: TPMT_HA)",
    })
    void policyIndex_noneOrOneThatCannotBeMet_isSaidAndTheConnectionStays(
            String content, String words) throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start()) {
            EkPolicies policies = new EkPolicies(swtpm, HashAlgorithm.SHA384);
            switch (content) {
                case "lockout" -> policies.allow(policies.read(policies.secret("l")));
                case "garbage" -> policies.write(new byte[50]);
                default -> swtpm.run("tpm2_getcap", "handles-nv-index");
            }
            swtpm.run("tpm2_changeauth", "-c", "endorsement", PASSWORD);
            EkRequest ek = new EkRequest(EncryptionAlgorithm.ECC384, OptionalInt.of(0x81010016));
            AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            swtpm.proxy().reset();
            try (Tpm tpm = Given.tpm(swtpm)) {
                for (int i = 0; i < 2; i++) {
                    TpmException e =
                            assertThrows(
                                    TpmException.class,
                                    () -> tpm.createAk(ek, template, Given.PATIENCE));
                    assertTrue(e.getMessage().startsWith(words), e.getMessage());
                }
                assertEquals(0, tpm.snapshot().reconnects());
            }
            assertEquals(1, swtpm.proxy().count(0x151));
            assertEquals(List.of(), swtpm.sessions());
        }
    }
}
