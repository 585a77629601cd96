// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TpmAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "device; device",
                "device:; device",
                "device:/dev/tpm0; device:/dev/tpm0",
                "swtpm; swtpm:host=localhost,port=2321",
                "swtpm:host=127.0.0.1,port=23020; swtpm:host=127.0.0.1,port=23020",
                "swtpm:port=2000; swtpm:host=localhost,port=2000",
                "mssim:host=tpm,port=1; swtpm:host=tpm,port=1",
                "swtpm:path=/run/s; swtpm:path=/run/s",
            })
    void parse_tctiSpelling_isUnderstood(String text, String expected) {
        assertEquals(expected, TpmAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tabrmd:",
                "tabrmd:bus_name=x",
                "/dev/tpm0",
                "device:tpm0",
                "swtpm:port=0",
                "swtpm:port=65536",
                "swtpm:port=-1",
                "swtpm:port=x",
                "swtpm:host=",
                "swtpm:path=s",
                "swtpm:path=/s,port=1",
                "swtpm:port=1,port=2",
                "swtpm:speed=9",
                "swtpm:,"
            })
    void parse_anythingElse_isRefusedNamingWhatIsSupported(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> TpmAddress.parse(text));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("TPM address: " + text + ": "), message);
        assertTrue(message.contains("(expected: device:PATH, device, swtpm:host="), message);
    }

    @Test
    void auth_textAndHex_areBytesAndNeverPrinted() {
        assertArrayEquals(new byte[] {'a', 'b'}, Auth.parse("ab").bytes());
        assertArrayEquals(new byte[] {0, 0x1f}, Auth.parse("hex:001f").bytes());
        assertArrayEquals(new byte[] {1}, Auth.parse("hex:0100").bytes());
        assertEquals("***", Auth.parse("ab").toString());
        assertTrue(Auth.parse("hex:0000").isEmpty());
        for (String bad : new String[] {"hex:0", "hex:zz", "x".repeat(65)}) {
            String message =
                    String.valueOf(
                            assertThrows(IllegalArgumentException.class, () -> Auth.parse(bad))
                                    .getMessage());
            assertFalse(message.contains(bad), message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rsa,RSA2048",
        "rsa2048,RSA2048",
        "ecc,ECC256",
        "ecc_nist_p384,ECC384",
        "ecc521,ECC521"
    })
    void encryptionAlgorithm_keylimeNames_areUnderstood(String name, EncryptionAlgorithm expected) {
        assertEquals(expected, EncryptionAlgorithm.ofKeylimeName(name).orElseThrow());
        assertTrue(EncryptionAlgorithm.ofKeylimeName("rsa1024").isEmpty());
    }

    @Test
    void pcrSelection_severalBanks_keepsTheOrder() {
        PcrSelection selection =
                PcrSelection.of(HashAlgorithm.SHA384, 1).and(HashAlgorithm.SHA1, 0x10400);
        assertEquals("sha384:1+sha1:10,16", selection.toString());
        assertEquals(3, selection.count());
        assertThrows(
                IllegalArgumentException.class,
                () -> PcrSelection.ofMask(HashAlgorithm.SHA1, 1 << 24));
        assertThrows(IllegalArgumentException.class, () -> PcrSelection.of(HashAlgorithm.SHA1, 24));
    }
}
