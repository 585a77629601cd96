// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Challenge;
import attestation.fixtures.Swtpm;
import attestation.fixtures.SwtpmExtension;
import attestation.fixtures.TpmProxy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Keys against what other programs make or expect of them. */
class KeyOracleTest {
    @RegisterExtension
    static final SwtpmExtension TPM = SwtpmExtension.perClass(Swtpm.builder().shared());

    @ParameterizedTest
    @CsvSource({"RSA2048, 0x81010001", "ECC384, 0x81010016"})
    void endorsementKey_fromTemplate_isTheManufacturersOne(
            EncryptionAlgorithm kind, String handle, Swtpm swtpm) throws Exception {
        swtpm.run("tpm2_readpublic", "-c", handle, "-n", "ek.name", "-o", "ek.pub");
        try (Tpm tpm = Given.tpm(swtpm)) {
            EndorsementKey made = tpm.endorsementKey(EkRequest.of(kind), Given.PATIENCE);
            assertArrayEquals(read(swtpm, "ek.name"), made.name());
            assertArrayEquals(read(swtpm, "ek.pub"), made.tpm2bPublic());
            EkRequest persistent =
                    new EkRequest(kind, OptionalInt.of(Long.decode(handle).intValue()));
            EndorsementKey found = tpm.endorsementKey(persistent, Given.PATIENCE);
            assertArrayEquals(made.name(), found.name());
            assertArrayEquals(made.subjectPublicKeyInfo(), found.subjectPublicKeyInfo());
            X509Certificate certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(
                                                    made.certificate().orElseThrow()));
            assertArrayEquals(certificate.getPublicKey().getEncoded(), made.subjectPublicKeyInfo());
            assertArrayEquals(certificate.getEncoded(), made.certificate().orElseThrow());
        }
    }

    @ParameterizedTest
    @CsvSource({"RSA2048, rsa", "ECC256, ecc"})
    void endorsementKey_lowRange_hasTheNameOfCreateek(
            EncryptionAlgorithm kind, String tool, Swtpm swtpm) throws Exception {
        swtpm.run("tpm2_createek", "-G", tool, "-c", "ek.ctx", "-u", "ek.pub");
        swtpm.run("tpm2_flushcontext", "-t");
        try (Tpm tpm = Given.tpm(swtpm)) {
            EndorsementKey made = tpm.endorsementKey(EkRequest.of(kind), Given.PATIENCE);
            assertArrayEquals(read(swtpm, "ek.pub"), made.tpm2bPublic());
        }
    }

    @Test
    void endorsementKey_ofAnotherKindAtTheHandle_isRefused(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            EkRequest wrong = new EkRequest(EncryptionAlgorithm.ECC256, OptionalInt.of(0x81010001));
            TpmException e =
                    assertThrows(
                            TpmException.KeyMismatch.class,
                            () -> tpm.endorsementKey(wrong, Given.PATIENCE));
            assertTrue(e.getMessage().contains("0x81010001"), e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = EncryptionAlgorithm.class,
            names = {"RSA2048", "ECC256", "ECC384"})
    void loadAk_secondStart_hasTheSameName(EncryptionAlgorithm kind, Swtpm swtpm) throws Exception {
        EkRequest ek = EkRequest.of(kind);
        AkBlob blob;
        byte[] name;
        try (Tpm tpm = Given.tpm(swtpm)) {
            blob = tpm.createAk(ek, Given.template(kind, HashAlgorithm.SHA256), Given.PATIENCE);
            name = tpm.loadAk(ek, blob, Given.PATIENCE).name();
        }
        assertEquals(List.of(), swtpm.transientHandles());
        try (Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey again = tpm.loadAk(ek, blob, Given.PATIENCE);
            assertArrayEquals(name, again.name());
            assertArrayEquals(blob.tpmtPublic(), again.tpmtPublic());
            assertEquals(0x00050072, again.publicArea().attributes());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = EncryptionAlgorithm.class,
            names = {"RSA2048", "RSA3072", "ECC256", "ECC384", "ECC521"})
    void activateCredential_madeByMakecredential_givesTheSecretAndHidesItOnTheBus(
            EncryptionAlgorithm kind, Swtpm swtpm) throws Exception {
        byte[] secret = Given.bytes("r3XEXaYiKYQeqUuSOsHmGHIXgj71HaUJ");
        try (Tpm tpm = Given.tpm(swtpm)) {
            EndorsementKey ek = tpm.endorsementKey(EkRequest.of(kind), Given.PATIENCE);
            AttestationKey ak = Given.ak(tpm, kind, HashAlgorithm.SHA256);
            Challenged made = challenge(ek.tpm2bPublic(), ak.name(), secret);
            byte[] idObject = made.idObject();
            byte[] encrypted = made.encryptedSecret();
            swtpm.proxy().reset();
            assertArrayEquals(secret, tpm.activateCredential(idObject, encrypted, Given.PATIENCE));
            assertHidden(swtpm.proxy(), secret);
            byte[] spoilt = idObject.clone();
            spoilt[spoilt.length - 1] ^= 1;
            TpmException.CommandFailed e =
                    assertThrows(
                            TpmException.CommandFailed.class,
                            () -> tpm.activateCredential(spoilt, encrypted, Given.PATIENCE));
            assertEquals(TpmRc.INTEGRITY, e.rc().base());
            assertEquals(1, swtpm.transientHandles().size());
            assertEquals(List.of(), swtpm.sessions());
        }
    }

    /** What tpm2_makecredential makes: TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET. */
    record Challenged(byte[] idObject, byte[] encryptedSecret) {}

    static Challenged challenge(byte[] tpm2bPublic, byte[] akName, byte[] secret) {
        byte[] blob = Challenge.blob(tpm2bPublic, HexFormat.of().formatHex(akName), secret);
        int id = 2 + (((blob[8] & 0xff) << 8) | (blob[9] & 0xff));
        return new Challenged(
                Arrays.copyOfRange(blob, 8, 8 + id), Arrays.copyOfRange(blob, 8 + id, blob.length));
    }

    static void assertHidden(TpmProxy proxy, byte[] secret) {
        assertFalse(proxy.exchanges().isEmpty());
        for (TpmProxy.Exchange exchange : proxy.exchanges()) {
            assertFalse(contains(exchange.command(), secret), "secret in a command");
            assertFalse(contains(exchange.response(), secret), "secret in a response");
        }
    }

    private static boolean contains(byte[] all, byte[] part) {
        for (int i = 0; i + part.length <= all.length; i++) {
            if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @CsvSource({
        "IDEVID, RSA2048, rsa2048:null:null, sha256, 494445564944",
        "IDEVID, ECC256, ecc256:ecdsa-sha256:null, sha256, 494445564944",
        "IDEVID, ECC384, ecc384:ecdsa-sha384:null, sha384, 494445564944",
        "IAK, RSA2048, rsa2048:rsapss-sha256:null, sha256, 49414b",
        "IAK, ECC256, ecc256:ecdsa-sha256:null, sha256, 49414b",
        "IAK, ECC384, ecc384:ecdsa-sha384:null, sha384, 49414b",
    })
    void deviceKey_fromTemplate_hasTheNameOfCreateprimary(
            DeviceKeyRequest.Kind kind,
            EncryptionAlgorithm algorithm,
            String type,
            String hash,
            String unique,
            Swtpm swtpm)
            throws Exception {
        boolean iak = kind == DeviceKeyRequest.Kind.IAK;
        byte[] word = HexFormat.of().parseHex(unique);
        Files.write(swtpm.folder().resolve("unique"), unique(algorithm, word));
        Files.write(swtpm.folder().resolve("policy"), policy(iak, hash));
        String attributes =
                "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|adminwithpolicy|sign"
                        + (iak ? "|restricted" : "");
        swtpm.run(
                "tpm2_createprimary",
                "-C",
                "e",
                "-g",
                hash,
                "-G",
                type,
                "-a",
                attributes,
                "-L",
                "policy",
                "-u",
                "unique",
                "-c",
                "key.ctx");
        swtpm.run("tpm2_readpublic", "-c", "key.ctx", "-n", "key.name");
        swtpm.run("tpm2_flushcontext", "-t");
        try (Tpm tpm = Given.tpm(swtpm)) {
            var area = tpm.deviceKey(DeviceKeyRequest.of(kind, algorithm), Given.PATIENCE);
            assertArrayEquals(read(swtpm, "key.name"), area.name());
            assertEquals(List.of(), swtpm.transientHandles());
        }
    }

    /** As tpm2-tools read it: TPM2B with little-endian size, those of a point in full length. */
    private static byte[] unique(EncryptionAlgorithm algorithm, byte[] word) {
        int parts = algorithm.isRsa() ? 1 : 2;
        int part = 2 + (algorithm.isRsa() ? 256 : 128);
        byte[] out = new byte[parts * part];
        for (int i = 0; i < parts; i++) {
            out[i * part] = (byte) word.length;
            System.arraycopy(word, 0, out, i * part + 2, word.length);
        }
        return out;
    }

    /** Published by the TCG; that the TPM makes the same key is what the test proves. */
    private static byte[] policy(boolean iak, String hash) {
        String hex =
                switch (hash + iak) {
                    case "sha256false" ->
                            "ad6b3a2284fd698a0710bf5cc1b9bdf15e2532e3f601fa4b93a6a8fa8de579ea";
                    case "sha256true" ->
                            "5437182326e414fca797d5f174615a1641f61255797c3a2b22c21d120b2d1e07";
                    case "sha384false" ->
                            "4db1aa836d0b5615df6ee53a40ef70c61c217f4303d44695925972bc927006cf"
                                    + "a5cbdf6dc18c4dbe329b2f1542c3dd33";
                    default ->
                            "129d94ebf84556652c6eef43bbb757512ac87e52be7b349ca6ce4d826f749fcf"
                                    + "672f51716c5cbb605f313bf345aab312";
                };
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void certify_byIak_isASignatureOfTheIakOverTheAksName(Swtpm swtpm) throws Exception {
        byte[] data = Given.bytes("d432fbb3-d2f1-4a97-9ef7-75bd81c00000");
        try (Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey ak = Given.ak(tpm, EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            DeviceKeyRequest iak =
                    DeviceKeyRequest.of(DeviceKeyRequest.Kind.IAK, EncryptionAlgorithm.ECC256);
            Certification made = tpm.certify(iak, data, Given.PATIENCE);
            var area = tpm.deviceKey(iak, Given.PATIENCE);
            Path pem =
                    Given.pem(
                            swtpm.folder().resolve("iak.pem"),
                            area.subjectPublicKeyInfo().orElseThrow());
            Files.write(swtpm.folder().resolve("attest"), made.attest());
            Files.write(swtpm.folder().resolve("signature"), made.signature());
            swtpm.run(
                    "tpm2_loadexternal",
                    "-C",
                    "n",
                    "-G",
                    "ecc",
                    "-u",
                    pem.toString(),
                    "-c",
                    "iak.ctx");
            swtpm.run(
                    "tpm2_verifysignature",
                    "-c",
                    "iak.ctx",
                    "-g",
                    "sha256",
                    "-m",
                    "attest",
                    "-s",
                    "signature");
            swtpm.run("tpm2_flushcontext", "-t");
            assertTrue(contains(made.attest(), ak.name()));
            assertTrue(contains(made.attest(), data));
            Given.quote(tpm, "the AK was flushed by the tool above and is loaded again");
        }
    }

    @Test
    void seal_withAndWithoutPcrs_opensHereAndNowOnlyAndHidesTheSecret(Swtpm swtpm)
            throws Exception {
        byte[] secret = Given.bytes("the key-encryption key, 32 bytes");
        PcrSelection pcr23 = PcrSelection.of(HashAlgorithm.SHA256, 23);
        try (Tpm tpm = Given.tpm(swtpm)) {
            swtpm.proxy().reset();
            SealedBlob free = tpm.seal(secret, Optional.empty(), Given.PATIENCE);
            SealedBlob bound = tpm.seal(secret, Optional.of(pcr23), Given.PATIENCE);
            assertArrayEquals(secret, tpm.unseal(free, Given.PATIENCE));
            assertArrayEquals(secret, tpm.unseal(bound, Given.PATIENCE));
            tpm.extendPcr(23, java.util.Map.of(HashAlgorithm.SHA256, new byte[32]), Given.PATIENCE);
            TpmException.CommandFailed e =
                    assertThrows(
                            TpmException.CommandFailed.class,
                            () -> tpm.unseal(bound, Given.PATIENCE));
            assertEquals(TpmRc.POLICY_FAIL, e.rc().base());
            assertArrayEquals(secret, tpm.unseal(free, Given.PATIENCE));
            tpm.resetPcr(23, Given.PATIENCE);
            assertArrayEquals(secret, tpm.unseal(bound, Given.PATIENCE));
            assertHidden(swtpm.proxy(), secret);
            assertEquals(List.of(), swtpm.transientHandles());
            assertEquals(List.of(), swtpm.sessions());
        }
    }

    @Test
    void getRandom_moreThanOneCommandGives_isAsLongAsAsked(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            byte[] first = tpm.getRandom(200, Given.PATIENCE);
            assertEquals(200, first.length);
            assertFalse(Arrays.equals(first, tpm.getRandom(200, Given.PATIENCE)));
        }
    }

    private static byte[] read(Swtpm swtpm, String file) throws Exception {
        return Files.readAllBytes(swtpm.folder().resolve(file));
    }
}
