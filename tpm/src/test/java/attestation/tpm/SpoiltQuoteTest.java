// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Swtpm;
import attestation.fixtures.SwtpmExtension;
import attestation.fixtures.TpmFault;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.OptionalInt;

/** Quotes that fit command and form and are wrong all the same: none of them is handed out. */
class SpoiltQuoteTest {
    private static final int CC_QUOTE = 0x158;

    /** Where TPMS_ATTEST begins, and the signer's Name in it. */
    private static final int ATTEST = 16;

    private static final int SIGNER = ATTEST + 8;

    @RegisterExtension
    static final SwtpmExtension TPM = SwtpmExtension.perClass(Swtpm.builder().shared());

    @AfterEach
    void tidy(Swtpm swtpm) {
        swtpm.proxy().clearFaults();
        swtpm.attempt("tpm2_flushcontext", "-t");
    }

    private static AttestationKey ak(
            Tpm tpm, EncryptionAlgorithm kind, SigningAlgorithm scheme, HashAlgorithm hash)
            throws Exception {
        EkRequest ek = EkRequest.of(kind);
        AkBlob blob = tpm.createAk(ek, new AkTemplate(kind, scheme, hash), Given.PATIENCE);
        AttestationKey key = tpm.loadAk(ek, blob, Given.PATIENCE);
        quote(tpm);
        return key;
    }

    private static Quote quote(Tpm tpm) throws Exception {
        return tpm.quote(
                Given.bytes(QuoteMatrixTest.NONCE), Given.PCRS, Lane.INTEGRITY, Given.PATIENCE);
    }

    private static String lastFailure(Tpm tpm) {
        return tpm.snapshot().lastFailure().map(TpmSnapshot.Failure::reason).orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "RSA2048, RSASSA, SHA256",
        "RSA2048, RSASSA, SHA384",
        "RSA2048, RSAPSS, SHA256",
        "ECC256, ECDSA, SHA256",
        "ECC384, ECDSA, SHA384",
        "ECC521, ECDSA, SHA512",
    })
    void quote_signatureSpoiltOnce_isNoticedForEveryKindOfKeyAndAskedAgain(
            EncryptionAlgorithm kind, SigningAlgorithm scheme, HashAlgorithm hash, Swtpm swtpm)
            throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey key = ak(tpm, kind, scheme, hash);
            int length = swtpm.proxy().exchanges().getLast().response().length;
            int insideTheSignature = length - 5 - 20;
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(insideTheSignature));
            Quote quote = quote(tpm);
            if (scheme == SigningAlgorithm.RSAPSS) {
                QuoteMatrixTest.opensslVerifiesPss(swtpm, key, quote);
            } else {
                QuoteMatrixTest.checkquote(swtpm, key, hash, quote);
            }
            assertTrue(lastFailure(tpm).contains("the signature is not the AK's"));
            assertEquals(0, tpm.snapshot().reconnects());
            assertEquals(1, swtpm.transientHandles().size());
        }
    }

    /** Clock, resetCount, restartCount, safe, firmware version, PCR digest. */
    @ParameterizedTest
    @ValueSource(ints = {7, 11, 15, 16, 24, 60})
    void quote_partOfWhatIsSignedSpoiltOnce_isNoticedAndAskedAgain(int behindNonce, Swtpm swtpm)
            throws Exception {
        int name = 2 + 34;
        int nonce = 2 + QuoteMatrixTest.NONCE.length();
        int offset = ATTEST + 6 + name + nonce + behindNonce;
        try (Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey key =
                    ak(
                            tpm,
                            EncryptionAlgorithm.RSA2048,
                            SigningAlgorithm.RSASSA,
                            HashAlgorithm.SHA256);
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(offset));
            QuoteMatrixTest.checkquote(swtpm, key, HashAlgorithm.SHA256, quote(tpm));
            assertTrue(tpm.snapshot().lastFailure().isPresent());
            assertEquals(List.of(), tpm.snapshot().resets());
        }
    }

    @Test
    void quote_signatureAlwaysSpoilt_failsAndTheNextIsRight(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey key =
                    ak(
                            tpm,
                            EncryptionAlgorithm.RSA2048,
                            SigningAlgorithm.RSASSA,
                            HashAlgorithm.SHA256);
            for (int i = 0; i < 3; i++) {
                swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(300));
            }
            TpmException e = assertThrows(TpmException.BadResponse.class, () -> quote(tpm));
            assertTrue(e.getMessage().contains("the signature is not the AK's"), e.getMessage());
            QuoteMatrixTest.checkquote(swtpm, key, HashAlgorithm.SHA256, quote(tpm));
        }
    }

    @Test
    void quote_signerSpoiltAgainAndAgain_takesNoSecondSlot(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey key = Given.warmAk(tpm);
            for (int i = 0; i < 5; i++) {
                swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(SIGNER));
                Quote quote = Given.quote(tpm, "n" + i);
                assertArrayEquals(key.qualifiedName(), quote.info().qualifiedSigner());
                assertEquals(1, swtpm.transientHandles().size());
            }
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(SIGNER));
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(SIGNER));
            TpmException e =
                    assertThrows(TpmException.BadResponse.class, () -> Given.quote(tpm, "n"));
            assertTrue(e.getMessage().contains("another key than the AK"), e.getMessage());
            Given.quote(tpm, "again");
            assertEquals(1, swtpm.transientHandles().size());
        }
    }

    /** A storage key; a signing key of another scheme; one with a password. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-G rsa2048:null:aes128cfb",
                "-G rsa2048 -a fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign",
                "-G ecc256:ecdsa-sha384:null -p secret"
                        + " -a fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign|noda"
            })
    void quote_handleTakenByAForeignKey_loadsOursAgainAndLeavesTheOther(String kind, Swtpm swtpm)
            throws Exception {
        EkRequest ek = new EkRequest(EncryptionAlgorithm.RSA2048, OptionalInt.of(0x81010001));
        AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
        try (Tpm tpm = Given.tpm(swtpm)) {
            AkBlob blob = tpm.createAk(ek, template, Given.PATIENCE);
            AttestationKey key = tpm.loadAk(ek, blob, Given.PATIENCE);
            Given.quote(tpm, "warm");
            List<Integer> handle = swtpm.transientHandles();
            swtpm.run("tpm2_flushcontext", "-t");
            String[] create = ("tpm2_createprimary -C o -c foreign.ctx " + kind).split(" ");
            swtpm.run("tpm2_createprimary", "-C", "o", "-c", "first.ctx");
            swtpm.run(create);
            swtpm.run("tpm2_flushcontext", "0x80000000");
            assertEquals(handle, swtpm.transientHandles());
            Quote quote = Given.quote(tpm, "n");
            assertArrayEquals(key.qualifiedName(), quote.info().qualifiedSigner());
            assertEquals(2, swtpm.transientHandles().size());
        }
        assertEquals(1, swtpm.transientHandles().size());
    }
}
