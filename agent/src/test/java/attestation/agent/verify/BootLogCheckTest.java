// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Tool;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Firmware logs of real boots against the PCRs which the TPM had then. */
final class BootLogCheckTest {
    private static final KeyPair AK = QuoteBuilder.rsa();
    private static final String BOOT = "debian12-6.12-tcb";
    private static final int LAST_DATA_BYTES = 16;

    private final Findings findings = new Findings();

    private static byte[] read(String name) throws Exception {
        String resource = "/attestation/fixtures/ima/" + BOOT + "/" + name;
        try (var in = Tool.class.getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        }
    }

    private static byte[] log() throws Exception {
        return read("binary_bios_measurements");
    }

    /** What the TPM had, of the bank and these PCRs. */
    private static PcrBlob quoted(String bank, int... pcrs) throws Exception {
        List<String> lines =
                new String(
                                read(
                                        "pcrs."
                                                + bank.toLowerCase(java.util.Locale.ROOT)
                                                        .replace("-", "")),
                                StandardCharsets.US_ASCII)
                        .lines()
                        .toList();
        QuoteBuilder quote = new QuoteBuilder(AK, "rsassa");
        quote.bank = bank;
        quote.selected = 0;
        for (int pcr : pcrs) {
            String hex = lines.get(pcr).substring(lines.get(pcr).indexOf(' ') + 1);
            quote.pcr(pcr, HexFormat.of().withUpperCase().parseHex(hex));
            quote.selected |= 1 << pcr;
        }
        return PcrBlob.parse(quote.blob());
    }

    private static PcrBlob with(PcrBlob blob, int pcr, byte[] value) {
        var values = new java.util.TreeMap<>(blob.values());
        values.put(pcr, value);
        return new PcrBlob(
                new PcrSelection(blob.selection().bank(), blob.selection().mask() | 1 << pcr),
                values);
    }

    private Check check(PcrBlob pcrs, byte[] log) throws RefutedException {
        findings.enter("boot-log");
        new BootLogCheck(pcrs, findings).check(log);
        return findings.report("test").checks().getLast();
    }

    private void refuted(PcrBlob pcrs, byte[] log, String words) {
        RefutedException e = assertThrows(RefutedException.class, () -> check(pcrs, log));
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA-1", "SHA-256", "SHA-384"})
    void check_logOfTheBoot_replaysInEveryBank(String bank) throws Exception {
        Check made = check(quoted(bank, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14), log());
        assertEquals(Check.Result.OK, made.result(), made.text());
        assertTrue(made.text().contains("PCRs 0,1,2,3,4,5,6,7,8,9,14"), made.text());
    }

    @Test
    void check_digestChanged_namesThePcr() throws Exception {
        byte[] log = log();
        byte[] pcr7 = HexFormat.of().parseHex("07000000");
        int event = lastIndexOf(log, pcr7);
        // PCR, type, count, first algorithm, its digest: SHA-1; behind it the next algorithm's
        log[event + 12 + 2 + 20 + 2] ^= 1;
        refuted(quoted("SHA-256", 0, 4, 7), log, "other values in PCR 7 (expected");
    }

    private static int lastIndexOf(byte[] all, byte[] part) {
        for (int i = all.length - part.length; i >= 0; i--) {
            if (Arrays.equals(all, i, i + part.length, part, 0, part.length)
                    && all[i + 4] == 4
                    && all[i + 5] == 0) {
                return i;
            }
        }
        throw new AssertionError("no separator of PCR 7");
    }

    @Test
    void check_eventsCutOff_namesWhatIsMissing() throws Exception {
        byte[] header =
                Arrays.copyOf(
                        log(),
                        32
                                + java.nio.ByteBuffer.wrap(log())
                                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                                        .getInt(28));
        refuted(quoted("SHA-256", 3, 4, 8), header, "other values in PCR 3,4 (expected");
    }

    @Test
    void check_cutWithinAnEvent_isRefutedWithThePlace() throws Exception {
        byte[] cut = Arrays.copyOf(log(), log().length - 1);
        refuted(quoted("SHA-256", 0), cut, "firmware event log: event");
    }

    @Test
    void check_noPcrOfItQuoted_isSaidAndNotVerified() throws Exception {
        Check made = check(quoted("SHA-256", 10), new byte[LAST_DATA_BYTES]);
        assertEquals(Check.Result.NOTE, made.result());
        assertTrue(made.text().startsWith("16 bytes, not verified"), made.text());
    }

    @Test
    void check_bankTheLogLacks_isUndecided() throws Exception {
        PcrBlob sha512 =
                with(
                        new PcrBlob(new PcrSelection(HashAlg.SHA512, 0), new java.util.TreeMap<>()),
                        0,
                        new byte[64]);
        Check made = check(sha512, log());
        assertEquals(Check.Result.UNDECIDED, made.result(), made.text());
        assertTrue(made.text().contains("no digests of bank sha512"), made.text());
    }

    @Test
    void check_pcrOfTheRunningSystemDiffers_isUndecidedAndNamed() throws Exception {
        PcrBlob pcrs = with(quoted("SHA-256", 0, 7), 11, ones());
        Check made = check(pcrs, log());
        assertEquals(Check.Result.UNDECIDED, made.result(), made.text());
        assertTrue(made.text().startsWith("PCR 11:"), made.text());
    }

    private static byte[] ones() {
        byte[] value = new byte[32];
        Arrays.fill(value, (byte) 1);
        return value;
    }

    @Test
    void check_emptyLog_isSaid() throws Exception {
        Check made = check(quoted("SHA-256", 0, 7), new byte[0]);
        assertEquals(Check.Result.NOTE, made.result());
        assertTrue(made.text().startsWith("empty"), made.text());
    }

    @Test
    void none_pcr0Quoted_isSaid() throws Exception {
        new BootLogCheck(quoted("SHA-256", 0), findings).none();
        assertEquals("boot-log", findings.report("test").checks().getLast().name());
    }
}
