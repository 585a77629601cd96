// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeMap;

class QuoteStringTest {
    @Test
    void of_realQuote_textThatKeylimeAccepted() throws Exception {
        String quote = QuoteString.of(WorkedExample.evidence(Optional.empty(), Optional.empty()));

        assertEquals(1427, quote.length());
        assertTrue(quote.startsWith("r/1RDR4AYACIAC6IBJsDY"), quote);
        assertEquals(
                "1efe7c9105028b84f3c80d1d5aa705669bedcf1756f648a809f1c50d484cd837",
                sha256(quote.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void blob_twoPcrs_bytesOfTpm2Quote() throws Exception {
        byte[] blob = PcrBlob.encode(0x000B, WorkedExample.pcrs());

        assertEquals(668, blob.length);
        assertEquals(
                "651b4ed77ef9286b493389de597ca4e97009bc9e920bd3bafbaadf17c4e66a0c", sha256(blob));
    }

    @Test
    void blob_seventeenPcrs_listsOfEightEightAndOne() {
        var values = new TreeMap<Integer, byte[]>();
        for (int pcr = 0; pcr <= 16; pcr++) {
            values.put(pcr, filled(32, pcr + 1));
        }
        byte[] blob = PcrBlob.encode(0x000B, values);

        assertEquals(1732, blob.length);
        assertArrayEquals(new byte[] {3, 0, 0, 0}, Arrays.copyOfRange(blob, 132, 136));
        assertArrayEquals(new byte[] {8, 0, 0, 0, 32, 0, 1}, Arrays.copyOfRange(blob, 136, 143));
        assertArrayEquals(new byte[] {8, 0, 0, 0, 32, 0, 9}, Arrays.copyOfRange(blob, 668, 675));
        assertArrayEquals(new byte[] {1, 0, 0, 0, 32, 0, 17}, Arrays.copyOfRange(blob, 1200, 1207));
        assertArrayEquals(
                new byte[] {0x0B, 0, 3, -1, -1, 1, 0, 0}, Arrays.copyOfRange(blob, 4, 12));
    }

    @Test
    void blob_pcrBeyond23_refused() {
        var values = new TreeMap<Integer, byte[]>();
        values.put(24, new byte[32]);

        assertThrows(IllegalArgumentException.class, () -> PcrBlob.encode(0x000B, values));
    }

    @ParameterizedTest
    @CsvSource({
        "rsa, rsa, rsa2048",
        "rsa2048, rsa, rsa2048",
        "rsa3072, rsa3072, rsa3072",
        "ecc, ecc, ecc256",
        "ecc_nist_p256, ecc, ecc256",
        "ecc384, ecc384, ecc384",
        "ecc_nist_p521, ecc521, ecc521",
        "ecc_sm2_p256, ecc_sm2, ecc_sm2",
    })
    void encryption_configured_namedByVersion(String configured, String before25, String from25) {
        var algorithm = EncryptionAlgorithm.parse(configured).orElseThrow();

        assertEquals(before25, algorithm.name(new ApiVersion(2, 4)));
        assertEquals(from25, algorithm.name(new ApiVersion(2, 5)));
    }

    @Test
    void encryption_unknown_empty() {
        assertTrue(EncryptionAlgorithm.parse("RSA").isEmpty());
        assertTrue(EncryptionAlgorithm.parse("").isEmpty());
    }

    private static byte[] filled(int length, int value) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
