// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TpmRcTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x1df | TPM_RC_INTEGRITY (0x1df, parameter 1)",
                "0x2d2 | TPM_RC_SCHEME (0x2d2, parameter 2)",
                "0x18b | TPM_RC_HANDLE (0x18b, handle 1)",
                "0x98e | TPM_RC_AUTH_FAIL (0x98e, session 1)",
                "0x921 | TPM_RC_LOCKOUT (0x921)",
                "0x01e | TPM_RC_BAD_TAG (0x1e)",
                "0x500 | vendor-defined response code (0x500)",
                "0xb0143 | TPM_RC_COMMAND_CODE (0xb0143, from the resource manager)",
                "0x80280400 | unknown response code (0x80280400, from software layer 40)",
                "0xffffffff | unknown response code (0xffffffff, from software layer 255)",
            })
    void toString_knownCodes_readsAsExpected(String code, String expected) {
        assertEquals(expected, TpmRc.of(Long.decode(code).intValue()).toString());
    }

    @Test
    void retryable_warnings_onlyThoseThatPass() {
        assertTrue(TpmRc.of(0x922).retryable());
        assertTrue(TpmRc.of(0x908).retryable());
        assertFalse(TpmRc.of(0x921).retryable());
        assertFalse(TpmRc.of(0x902).retryable());
    }
}
