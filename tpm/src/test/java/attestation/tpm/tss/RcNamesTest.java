// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.tpm.TpmRc;

import org.junit.jupiter.api.Test;

import tss.tpm.TPM_RC;

import java.lang.reflect.Field;
import java.util.Set;

class RcNamesTest {
    /** Group bases and position bits, not codes; and what the library got from other layers. */
    private static final Set<String> NO_CODES =
            Set.of("SUCCESS", "BAD_TAG", "RC_VER1", "RC_MAX_FM0", "RC_FMT1", "RC_WARN");

    @Test
    void of_everyCodeOfTheLibrarysTable_hasItsName() throws Exception {
        int compared = 0;
        for (Field field : TPM_RC.class.getFields()) {
            if (field.getType() != TPM_RC.class || NO_CODES.contains(field.getName())) {
                continue;
            }
            int code = ((TPM_RC) field.get(null)).toInt();
            boolean code2 = code >= 0x80 && code <= 0x97f && !field.getName().startsWith("_");
            if (code2 && !Set.of("H", "P", "S", "RC_FMT1", "NOT_USED").contains(field.getName())) {
                assertEquals("TPM_RC_" + field.getName(), TpmRc.of(code).name());
                compared++;
            }
        }
        assertTrue(compared > 80, compared + " codes compared");
    }
}
