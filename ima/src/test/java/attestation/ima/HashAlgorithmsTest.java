// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

class HashAlgorithmsTest {
    @ParameterizedTest
    @CsvSource({"sha1,20", "sha256,32", "SHA256,32", "sha384,48", "sha512,64", "sha3-256,32"})
    void digest_nameOfTheKernel_hasItsSize(String name, int bytes) {
        assertEquals(bytes, HashAlgorithms.standard().digest(name).getDigestLength());
    }

    @Test
    void digest_unknownName_isRefusedWithIt() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> HashAlgorithms.standard().digest("sm3"));

        assertTrue(
                String.valueOf(e.getMessage()).startsWith("hash algorithm: sm3 (expected: one of"));
        assertFalse(HashAlgorithms.standard().supports("sm3_256"));
    }

    @Test
    void with_aProviderOfSm3_findsItUnderEverySpelling() {
        HashAlgorithms algorithms =
                HashAlgorithms.with(name -> name.equals("sm3_256") ? standIn() : null);

        for (String name : List.of("sm3", "sm3-256", "sm3_256")) {
            assertEquals(32, algorithms.digest(name).getDigestLength());
            assertEquals("sm3_256", new Replay(name, ReplayMode.HASH, algorithms).bank());
        }
    }

    /** Any digest of SM3's size will do: only the plugging is tried here. */
    private static MessageDigest standIn() {
        try {
            return MessageDigest.getInstance("SHA3-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
