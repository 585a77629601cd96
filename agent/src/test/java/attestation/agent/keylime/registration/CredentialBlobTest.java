// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import attestation.agent.keylime.wire.WorkedExample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class CredentialBlobTest {
    private static final byte[] REAL = WorkedExample.bytes("registrar.blob");

    @Test
    void parse_registrarsBlob_bothPartsWithTheirSizes() throws Exception {
        CredentialBlob blob = CredentialBlob.parse(REAL);

        assertArrayEquals(Arrays.copyOfRange(REAL, 8, 78), blob.idObject());
        assertArrayEquals(Arrays.copyOfRange(REAL, 78, 336), blob.encryptedSecret());
    }

    @Test
    void parse_everyTruncationAndOneMore_refused() {
        for (int length = 0; length < REAL.length; length++) {
            byte[] cut = Arrays.copyOf(REAL, length);
            assertThrows(RegistrarException.class, () -> CredentialBlob.parse(cut));
        }
        byte[] longer = Arrays.copyOf(REAL, REAL.length + 1);
        var e = assertThrows(RegistrarException.class, () -> CredentialBlob.parse(longer));
        assertEquals("credential blob: 1 bytes after the secret (expected: none)", e.getMessage());
    }

    @ParameterizedTest(name = "byte {0} = {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | credential blob: no magic (expected: badcc0de)",
                "7 | 2 | credential blob: version 2 (expected: 1)",
                "4 | 255 | credential blob: version 4278190081 (expected: 1)",
                "8 | 255 | credential blob: ID object of 65348 bytes, 326 left (expected: 1 to 1024)",
                "9 | 0 | credential blob: ID object of 0 bytes, 326 left (expected: 1 to 1024)",
                "79 | 1 | credential blob: encrypted secret of 257 bytes, 256 left (expected: 1 to 1024)",
            })
    void parse_oneByteChanged_reason(int at, int value, String reason) {
        byte[] changed = REAL.clone();
        changed[at] = (byte) value;

        var e = assertThrows(RegistrarException.class, () -> CredentialBlob.parse(changed));
        assertEquals(reason, e.getMessage());
    }

    @Test
    void authTag_workedExample_asRegistrarComputes() {
        byte[] secret = "r3XEXaYiKYQeqUuSOsHmGHIXgj71HaUJ".getBytes(StandardCharsets.US_ASCII);

        assertEquals(
                "fcc9224aa7a992c30ca20e8f4f063dad0aca47b6625396d83b89a063bab3bf8e640c3f995f0ceea7464a31fd49250804",
                AuthTag.of(secret, "d432fbb3-d2f1-4a97-9ef7-75bd81c00000"));
    }
}
