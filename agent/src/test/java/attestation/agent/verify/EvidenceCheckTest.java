// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Each check by evidence in which exactly one thing is wrong. */
final class EvidenceCheckTest {
    private static final KeyPair RSA = QuoteBuilder.rsa();
    private static final HexFormat HEX = HexFormat.of();

    /** PCR 10 after the first two lines of the recorded list, as the TPM had it. */
    private static final byte[] PCR_10 =
            HEX.parseHex("754ecc5c6a12584b321b01c34d9a48014251e61e0d037603af66f3b568eedf09");

    private static final byte[] PCR_16 =
            HEX.parseHex("40627052f503ef2c96d22f52f8f1d201e72e7d217718ee6896d578c1f48b7d24");

    @TempDir Path folder;
    private Path list = Path.of("unset");
    private final Findings findings = new Findings();
    private Optional<byte[]> pubkey = Optional.empty();
    private OptionalLong listEntry = OptionalLong.of(0);
    private String encAlg = "";
    private long asked;
    private Policy policy = Policy.standard();

    @BeforeEach
    void recorded() throws Exception {
        list = RecordedQuote.copy("ima.list", folder);
        pubkey = Optional.of(RecordedQuote.part("pubkey.pem"));
    }

    private static QuoteBuilder quote(KeyPair ak, String scheme) {
        return new QuoteBuilder(ak, scheme).pcr(10, PCR_10).pcr(16, PCR_16);
    }

    private static AttestationKey ak(KeyPair pair) {
        return new AttestationKey(pair.getPublic(), Optional.empty());
    }

    private EvidenceCheck.Proven check(QuoteBuilder quote, Optional<ProvenState> before)
            throws Exception {
        return check(quote, quote.attest(), before);
    }

    private EvidenceCheck.Proven check(
            QuoteBuilder quote, byte[] attest, Optional<ProvenState> before) throws Exception {
        String hash = quote.hash.replace("-", "").toLowerCase(java.util.Locale.ROOT);
        String said = encAlg.isEmpty() ? ak(quote.ak).encAlg() : encAlg;
        Evidence evidence =
                new Evidence(
                        new QuoteRequest(RecordedQuote.NONCE, 1 << 10, pubkey.isPresent(), asked),
                        new Claims(hash, said, quote.scheme, listEntry, OptionalLong.empty()),
                        attest,
                        quote.signature(attest),
                        quote.blob(),
                        pubkey,
                        listEntry.isPresent() ? Optional.of(list) : Optional.empty(),
                        Optional.empty());
        return new EvidenceCheck(policy, Optional.of(ak(quote.ak)), true, findings)
                .check(evidence, before);
    }

    private void refuted(QuoteBuilder quote, String check, String words) {
        refuted(quote, Optional.empty(), check, words);
    }

    private void refuted(
            QuoteBuilder quote, Optional<ProvenState> before, String check, String words) {
        RefutedException refuted = assertThrows(RefutedException.class, () -> check(quote, before));
        findings.failed(String.valueOf(refuted.getMessage()));
        Check cause = findings.report("test").cause().orElseThrow();
        assertEquals(check, cause.name(), cause.text());
        assertTrue(cause.text().contains(words), cause.text());
        assertEquals(Verdict.REFUTED, findings.verdict());
    }

    @ParameterizedTest
    @CsvSource({
        "rsassa, SHA-256, -1",
        "rsassa, SHA-384, -1",
        "rsassa, SHA-512, -1",
        "rsapss, SHA-256, -1",
        "rsapss, SHA-256, 32",
        "rsapss, SHA-384, 48",
    })
    void check_rsaSchemes_verified(String scheme, String hash, int salt) throws Exception {
        QuoteBuilder quote = quote(RSA, scheme);
        quote.hash = hash;
        quote.salt = salt;
        // The protocol has one hash for both; the bank's name is then the signature's.
        assumeBank(quote, hash);
        assertEquals(2, check(quote, Optional.empty()).state().orElseThrow().nextLine());
        assertEquals(Verdict.VERIFIED, findings.verdict());
    }

    /** Values of another bank, computed here from the entries of the list. */
    private void assumeBank(QuoteBuilder quote, String hash) throws Exception {
        quote.bank = hash;
        MessageDigest digest = MessageDigest.getInstance(hash);
        byte[] value = new byte[digest.getDigestLength()];
        for (String line : Files.readAllLines(list).subList(0, 2)) {
            digest.update(value);
            value = digest.digest(MessageDigest.getInstance(hash).digest(templateData(line)));
        }
        quote.pcr(10, value);
        digest.update(new byte[digest.getDigestLength()]);
        quote.pcr(16, digest.digest(MessageDigest.getInstance(hash).digest(pubkey.orElseThrow())));
    }

    private static byte[] templateData(String imaNgLine) {
        String[] words = imaNgLine.split(" ", -1);
        byte[] digest = HEX.parseHex(words[3].substring("sha256:".length()));
        byte[] name = words[4].getBytes(StandardCharsets.US_ASCII);
        return java.nio.ByteBuffer.allocate(4 + 8 + 32 + 4 + name.length + 1)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt(40)
                .put("sha256:".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 0)
                .put(digest)
                .putInt(name.length + 1)
                .put(name)
                .put((byte) 0)
                .array();
    }

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
    void check_ecdsa_verified(String curve) throws Exception {
        // Several, so that short r and s come up too.
        KeyPair ak = QuoteBuilder.ec(curve);
        for (int i = 0; i < 20; i++) {
            check(quote(ak, "ecdsa"), Optional.empty());
        }
        assertEquals(Verdict.VERIFIED, findings.verdict());
    }

    @Test
    void attest_otherMagic_namesIt() {
        QuoteBuilder quote = quote(RSA, "rsassa");
        quote.magic = 0x00544347;
        refuted(quote, "attest", "0xff544347 TPM_GENERATED_VALUE");
    }

    @Test
    void attest_certifyInsteadOfQuote_namesTheType() {
        QuoteBuilder quote = quote(RSA, "rsassa");
        quote.type = 0x8017;
        refuted(quote, "attest", "0x8018 TPM_ST_ATTEST_QUOTE");
    }

    @Test
    void attest_trailingByte_refused() throws Exception {
        QuoteBuilder quote = quote(RSA, "rsassa");
        byte[] longer = Arrays.copyOf(quote.attest(), quote.attest().length + 1);
        RefutedException e =
                assertThrows(RefutedException.class, () -> check(quote, longer, Optional.empty()));
        assertTrue(String.valueOf(e.getMessage()).contains("nothing after"), e.getMessage());
    }

    @Test
    void nonce_other_namesBoth() {
        QuoteBuilder quote = quote(RSA, "rsassa");
        quote.nonce = "AAAAAAAAAAAAAAAAAAAA";
        refuted(quote, "nonce", "AAAAAAAAAAAAAAAAAAAA (expected: " + RecordedQuote.NONCE);
    }

    @Test
    void signature_sha1_refusedUnlessAllowed() throws Exception {
        QuoteBuilder quote = quote(RSA, "rsassa");
        quote.hash = "SHA-1";
        refuted(quote, "signature", "signature hash: sha1");
    }

    @Test
    void signature_schemeNotAccepted_refused() {
        policy = new Policy(Set.of("sha256"), Set.of("ecdsa"));
        refuted(quote(RSA, "rsassa"), "signature", "signature scheme: rsassa");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "rsa2048"})
    void signature_kindOfKeyByEitherOfItsNames_verified(String said) throws Exception {
        encAlg = said;
        check(quote(RSA, "rsassa"), Optional.empty());
        assertEquals(Verdict.VERIFIED, findings.verdict());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecc384", "ecc_nist_p384"})
    void signature_kindOfCurveByEitherOfItsNames_verified(String said) throws Exception {
        encAlg = said;
        check(quote(QuoteBuilder.ec("secp384r1"), "ecdsa"), Optional.empty());
        assertEquals(Verdict.VERIFIED, findings.verdict());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa3072", "ecc", "ecc256", "ecc_nist_p256", "dsa"})
    void signature_answerNamesAnotherKindOfKeyThanTheAk_refused(String said) {
        encAlg = said;
        refuted(
                quote(RSA, "rsassa"),
                "signature",
                "answer, enc_alg: " + said + " (expected: rsa2048 as the AK is)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecc", "ecc521", "rsa"})
    void signature_answerNamesAnotherCurveThanTheAks_refused(String said) {
        encAlg = said;
        refuted(
                quote(QuoteBuilder.ec("secp384r1"), "ecdsa"),
                "signature",
                "answer, enc_alg: " + said + " (expected: ecc384 as the AK is)");
    }

    @Test
    void signature_ofOtherBytes_refused() throws Exception {
        QuoteBuilder quote = quote(RSA, "rsassa");
        byte[] attest = quote.attest();
        attest[attest.length - 1] ^= 1;
        QuoteBuilder other = new QuoteBuilder(QuoteBuilder.rsa(), "rsassa");
        Evidence evidence =
                new Evidence(
                        RecordedQuote.request(),
                        RecordedQuote.claims(),
                        quote.attest(),
                        quote.signature(attest),
                        quote.blob(),
                        pubkey,
                        Optional.of(list),
                        Optional.empty());
        for (KeyPair key : new KeyPair[] {RSA, other.ak}) {
            EvidenceCheck check =
                    new EvidenceCheck(policy, Optional.of(ak(key)), true, new Findings());
            RefutedException e =
                    assertThrows(
                            RefutedException.class, () -> check.check(evidence, Optional.empty()));
            assertTrue(String.valueOf(e.getMessage()).contains("not by the AK"), e.getMessage());
        }
    }

    @Test
    void signature_noAk_isUndecidedButTheRestIsChecked() throws Exception {
        QuoteBuilder quote = quote(RSA, "rsassa");
        Evidence evidence =
                new Evidence(
                        RecordedQuote.request(),
                        RecordedQuote.claims(),
                        quote.attest(),
                        quote.signature(quote.attest()),
                        quote.blob(),
                        pubkey,
                        Optional.of(list),
                        Optional.empty());
        new EvidenceCheck(policy, Optional.empty(), true, findings)
                .check(evidence, Optional.empty());
        assertEquals(Verdict.UNDECIDED, findings.verdict());
        assertEquals("signature", findings.report("test").cause().orElseThrow().name());
    }

    @Test
    void selection_otherPcrs_namesBoth() {
        QuoteBuilder quote = quote(RSA, "rsassa");
        quote.selected = 1 << 9 | 1 << 16;
        refuted(quote, "selection", "sha256:9,16 (expected: sha256:10,16 as asked)");
    }

    @Test
    void selection_morePcrs_refused() {
        QuoteBuilder quote = quote(RSA, "rsassa");
        quote.selected |= 1;
        refuted(quote, "selection", "sha256:0,10,16");
    }

    @Test
    void digest_valuesChanged_namesBoth() throws Exception {
        QuoteBuilder quote = quote(RSA, "rsassa");
        byte[] attest = quote.attest();
        quote.pcr(10, new byte[32]);
        RefutedException e =
                assertThrows(RefutedException.class, () -> check(quote, attest, Optional.empty()));
        assertTrue(String.valueOf(e.getMessage()).startsWith("digest over"), e.getMessage());
    }

    @Test
    void pubkey_oneNewlineMore_refused() throws Exception {
        pubkey =
                Optional.of(
                        (new String(RecordedQuote.part("pubkey.pem"), StandardCharsets.US_ASCII)
                                        + "\n")
                                .getBytes(StandardCharsets.US_ASCII));
        refuted(quote(RSA, "rsassa"), "pubkey", "bound to PCR 16");
    }

    @Test
    void list_notThere_refused() {
        listEntry = OptionalLong.empty();
        refuted(quote(RSA, "rsassa"), "list", "no list, though PCR 10 was asked for");
    }

    @Test
    void list_oneLineShort_refused() throws Exception {
        keepLines(0, 1);
        refuted(quote(RSA, "rsassa"), "list", "of the quoted PCR 10 after some entry");
    }

    @Test
    void list_linesSwapped_refused() throws Exception {
        var lines = Files.readAllLines(list);
        Files.write(list, java.util.List.of(lines.get(1), lines.get(0), lines.get(2)));
        refuted(quote(RSA, "rsassa"), "list", "of the quoted PCR 10 after some entry");
    }

    @Test
    void list_nameChangedBeyondTheQuote_refused() throws Exception {
        Files.writeString(list, Files.readString(list).replace("/usr/bin/false", "/usr/bin/falsy"));
        refuted(quote(RSA, "rsassa"), "list", "template hash");
    }

    @Test
    void list_unknownTemplate_refused() throws Exception {
        Files.writeString(list, Files.readString(list).replace("ima-ng", "ima-xx"));
        refuted(quote(RSA, "rsassa"), "list", "ima-xx");
    }

    @Test
    void list_withoutFinalNewline_refused() throws Exception {
        Files.writeString(list, Files.readString(list).stripTrailing());
        refuted(quote(RSA, "rsassa"), "list", "truncated");
    }

    @Test
    void list_garbage_refused() throws Exception {
        Files.write(list, new byte[] {(byte) 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8});
        refuted(quote(RSA, "rsassa"), "list", "ima entry 0");
    }

    @Test
    void list_pcrZeroAndEntries_refusedAsNotMeasured() {
        refuted(quote(RSA, "rsassa").pcr(10, new byte[32]), "list", "extends nothing");
    }

    @Test
    void list_emptyAndPcrZero_refused() throws Exception {
        Files.write(list, new byte[0]);
        refuted(quote(RSA, "rsassa").pcr(10, new byte[32]), "list", "extends nothing");
    }

    @Test
    void list_continued_verifiedFromTheStateOn() throws Exception {
        ProvenState state = check(quote(RSA, "rsassa"), Optional.empty()).state().orElseThrow();
        keepLines(2, 3);
        listEntry = OptionalLong.of(2);
        asked = 2;
        QuoteBuilder later = later();
        ProvenState next = check(later, Optional.of(state)).state().orElseThrow();
        assertEquals(3, next.nextLine());
        assertEquals(Verdict.VERIFIED, findings.verdict());
    }

    @Test
    void list_continuedWithoutState_isUndecided() throws Exception {
        keepLines(2, 3);
        listEntry = OptionalLong.of(2);
        asked = 2;
        assertTrue(check(later(), Optional.empty()).state().isEmpty());
        assertEquals(Verdict.UNDECIDED, findings.verdict());
    }

    @Test
    void list_beginsWhereNobodyAsked_refused() throws Exception {
        keepLines(2, 3);
        listEntry = OptionalLong.of(2);
        asked = 1;
        refuted(later(), "list", "first line of the list: 2 (expected: 1 as asked, or 0)");
    }

    @Test
    void progress_lineListedBeforeStillNotCovered_refused() throws Exception {
        ProvenState state = check(quote(RSA, "rsassa"), Optional.empty()).state().orElseThrow();
        QuoteBuilder later = quote(RSA, "rsassa");
        later.clock += 60_000;
        refuted(later, Optional.of(state), "progress", "listed before the last quote");
    }

    @Test
    void progress_listShrank_refused() throws Exception {
        ProvenState state = check(quote(RSA, "rsassa"), Optional.empty()).state().orElseThrow();
        keepLines(0, 2);
        QuoteBuilder later = quote(RSA, "rsassa");
        later.clock += 60_000;
        refuted(later, Optional.of(state), "progress", "lines of the list: 2");
    }

    @Test
    void clock_sameQuoteAgain_refused() throws Exception {
        QuoteBuilder quote = quote(RSA, "rsassa");
        ProvenState state = check(quote, Optional.empty()).state().orElseThrow();
        refuted(quote, Optional.of(state), "clock", "an old quote again");
    }

    @Test
    void clock_wentBack_refused() throws Exception {
        ProvenState state = check(quote(RSA, "rsassa"), Optional.empty()).state().orElseThrow();
        QuoteBuilder older = later();
        older.clock = 999;
        refuted(older, Optional.of(state), "clock", "an old quote again");
    }

    @Test
    void clock_resetCountWentBack_refused() throws Exception {
        ProvenState state = check(quote(RSA, "rsassa"), Optional.empty()).state().orElseThrow();
        QuoteBuilder older = later();
        older.resetCount = 2;
        refuted(older, Optional.of(state), "clock", "an old quote again");
    }

    @Test
    void clock_tpmResetAndListFromZero_verifiedAnew() throws Exception {
        ProvenState state = check(quote(RSA, "rsassa"), Optional.empty()).state().orElseThrow();
        keepLines(0, 2);
        QuoteBuilder rebooted = quote(RSA, "rsassa");
        rebooted.resetCount = 4;
        rebooted.clock = 10;
        EvidenceCheck.Proven proven = check(rebooted, Optional.of(state));
        assertEquals(2, proven.state().orElseThrow().nextLine());
        assertEquals(Verdict.VERIFIED, findings.verdict());
    }

    @Test
    void clock_tpmResetAndListFromTheMiddle_mustBeAskedFromZero() throws Exception {
        ProvenState state = check(quote(RSA, "rsassa"), Optional.empty()).state().orElseThrow();
        listEntry = OptionalLong.of(2);
        asked = 2;
        QuoteBuilder rebooted = later();
        rebooted.resetCount = 4;
        assertTrue(check(rebooted, Optional.of(state)).askFromZero());
    }

    /** A quote after the third line. */
    private static QuoteBuilder later() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        String line =
                new String(RecordedQuote.part("ima.list"), StandardCharsets.US_ASCII)
                        .split("\n")[2];
        sha256.update(PCR_10);
        byte[] value =
                sha256.digest(MessageDigest.getInstance("SHA-256").digest(templateData(line)));
        QuoteBuilder quote = quote(RSA, "rsassa").pcr(10, value);
        quote.clock += 60_000;
        return quote;
    }

    private void keepLines(int from, int to) throws Exception {
        Files.write(list, Files.readAllLines(list).subList(from, to));
    }
}
