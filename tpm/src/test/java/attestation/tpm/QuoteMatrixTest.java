// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Bank;
import attestation.fixtures.Swtpm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Every kind of key on every set of banks; what tpm2-tools make of it decides. */
class QuoteMatrixTest {
    static final String NONCE = "lsgo7TDYtsOlIVy51viG";

    @ParameterizedTest
    @CsvSource({
        "RSA2048, RSASSA, SHA256",
        "RSA2048, RSAPSS, SHA256",
        "RSA2048, RSASSA, SHA384",
        "RSA3072, RSASSA, SHA384",
        "ECC256, ECDSA, SHA256",
        "ECC384, ECDSA, SHA384",
        "ECC521, ECDSA, SHA512",
    })
    void quote_everyKindOfKey_satisfiesCheckquoteAndLeavesNoTrace(
            EncryptionAlgorithm kind, SigningAlgorithm signing, HashAlgorithm hash)
            throws Exception {
        try (Swtpm swtpm =
                Swtpm.builder().banks(Bank.SHA1, Bank.SHA256, Bank.SHA384, Bank.SHA512).start()) {
            List<Integer> persistent = swtpm.persistentHandles();
            try (Tpm tpm = Given.tpm(swtpm)) {
                EkRequest ek = EkRequest.of(kind);
                AkBlob blob = tpm.createAk(ek, new AkTemplate(kind, signing, hash), Given.PATIENCE);
                assertEquals(List.of(), swtpm.transientHandles());
                AttestationKey key = tpm.loadAk(ek, blob, Given.PATIENCE);
                assertEquals(1, swtpm.transientHandles().size());
                assertEquals(List.of(), swtpm.sessions());
                PcrSelection selection =
                        PcrSelection.of(HashAlgorithm.SHA256, 0, 10, 16)
                                .and(HashAlgorithm.SHA1, 0xfffff);
                tpm.setPcr(16, HashAlgorithm.SHA256, new byte[32], Given.PATIENCE);
                Quote quote = quote(tpm, selection);
                PcrValues values = tpm.readPcrs(selection, Given.PATIENCE);
                assertArrayEquals(quote.info().pcrDigest(), values.digest(hash));
                if (signing == SigningAlgorithm.RSAPSS) {
                    opensslVerifiesPss(swtpm, key, quote);
                } else {
                    checkquote(swtpm, key, hash, quote);
                }
            }
            assertEquals(List.of(), swtpm.transientHandles());
            assertEquals(List.of(), swtpm.sessions());
            assertEquals(persistent, swtpm.persistentHandles());
        }
    }

    private static Quote quote(Tpm tpm, PcrSelection selection) throws Exception {
        return tpm.quote(Given.bytes(NONCE), selection, Lane.INTEGRITY, Given.PATIENCE);
    }

    static void checkquote(Swtpm swtpm, AttestationKey key, HashAlgorithm hash, Quote quote)
            throws Exception {
        Path folder = swtpm.folder();
        Given.pem(folder.resolve("ak.pem"), key.subjectPublicKeyInfo());
        Files.write(folder.resolve("attest"), quote.attest());
        Files.write(folder.resolve("signature"), quote.signature());
        String nonce = HexFormat.of().formatHex(Given.bytes(NONCE));
        String name = hash.keylimeName();
        String[] command = {
            "tpm2_checkquote",
            "-u",
            "ak.pem",
            "-m",
            "attest",
            "-s",
            "signature",
            "-q",
            nonce,
            "-g",
            name
        };
        swtpm.run(command);
        byte[] changed = quote.attest().clone();
        changed[changed.length - 1] ^= 1;
        Files.write(folder.resolve("attest"), changed);
        assertTrue(swtpm.attempt(command).exitCode() != 0, "a changed quote passes the oracle");
    }

    /** tpm2_checkquote of tpm2-tools 5.4 does not know PSS. */
    static void opensslVerifiesPss(Swtpm swtpm, AttestationKey key, Quote quote) throws Exception {
        Path folder = swtpm.folder();
        Given.pem(folder.resolve("ak.pem"), key.subjectPublicKeyInfo());
        Files.write(folder.resolve("attest"), quote.attest());
        byte[] signature = quote.signature();
        Files.write(
                folder.resolve("signature"), Arrays.copyOfRange(signature, 6, signature.length));
        swtpm.run(
                "openssl",
                "dgst",
                "-sha256",
                "-sigopt",
                "rsa_padding_mode:pss",
                "-verify",
                "ak.pem",
                "-signature",
                "signature",
                "attest");
    }

    @ParameterizedTest
    @EnumSource(Bank.class)
    void readPcrs_oneBankOnly_readsItAndRefusesOthers(Bank bank) throws Exception {
        HashAlgorithm hash = HashAlgorithm.ofTpmId(bank.tpmId()).orElseThrow();
        HashAlgorithm other =
                hash == HashAlgorithm.SHA256 ? HashAlgorithm.SHA384 : HashAlgorithm.SHA256;
        try (Swtpm swtpm = Swtpm.builder().banks(bank).start();
                Tpm tpm = Given.tpm(swtpm)) {
            PcrSelection all = PcrSelection.ofMask(hash, 0xffffff);
            PcrValues values = tpm.readPcrs(all, Given.PATIENCE);
            assertEquals(all, values.selection());
            assertArrayEquals(swtpm.readPcr(bank, 17), values.value(hash, 17).orElseThrow());
            TpmException e =
                    assertThrows(
                            TpmException.Unsupported.class,
                            () -> tpm.readPcrs(PcrSelection.of(other, 0), Given.PATIENCE));
            assertTrue(e.getMessage().contains("is not active in this TPM"), e.getMessage());
        }
    }

    @Test
    void quote_bankThatIsNotActive_isRefusedNamingIt() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().banks(Bank.SHA1).start();
                Tpm tpm = Given.tpm(swtpm)) {
            Given.ak(tpm, EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            TpmException e =
                    assertThrows(TpmException.Unsupported.class, () -> Given.quote(tpm, "nonce"));
            assertTrue(
                    e.getMessage().startsWith("PCR bank: sha256 is not active in this TPM"),
                    e.getMessage());
        }
    }

    @Test
    void quote_ofABankThatIsNotActive_saysSoAndKeepsTheConnection() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().banks(Bank.SHA256).start();
                Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            assertEquals(List.of(HashAlgorithm.SHA256), tpm.activeBanks(Given.PATIENCE));
            PcrSelection both =
                    PcrSelection.of(HashAlgorithm.SHA256, 0).and(HashAlgorithm.SHA384, 1);
            TpmException e = assertThrows(TpmException.Unsupported.class, () -> quote(tpm, both));
            assertTrue(
                    e.getMessage().startsWith("PCR bank: sha384 is not active in this TPM"),
                    e.getMessage());
            assertEquals(0, tpm.snapshot().reconnects());
            Given.quote(tpm, "the other bank");
        }
    }

    @Test
    void quote_overAKeptOpenSocket_letsOtherClientsIn() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().keptOpen().start();
                Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            assertEquals(1, swtpm.transientHandles().size()); // asked over another connection
            Given.quote(tpm, "again");
        }
    }

    @Test
    void quote_alreadyWarm_isOneCommand() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start();
                Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            swtpm.proxy().reset();
            for (int i = 0; i < 20; i++) {
                Given.quote(tpm, "n" + i);
            }
            assertEquals(20, swtpm.proxy().total());
            assertEquals(20, swtpm.proxy().count(0x158));
        }
    }

    @Test
    void quote_qualifyingDataBeyondTheLimit_isRefusedNamingIt() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().shared().start();
                Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            int limit = tpm.maxQualifyingData().orElseThrow();
            swtpm.proxy().reset();
            TpmException e =
                    assertThrows(
                            TpmException.Unsupported.class,
                            () -> Given.quote(tpm, "x".repeat(limit + 1)));
            assertEquals(
                    "qualifying data: 67 bytes (expected: at most 66, this TPM's TPM2B_DATA limit)",
                    e.getMessage());
            assertEquals(0, swtpm.proxy().total());
            assertEquals(66, Given.quote(tpm, "x".repeat(limit)).info().extraData().length);
        }
    }
}
