// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Arrays;
import java.util.Locale;

/** Signing schemes of an AK that can be checked here (TPM 2.0 Part 2 §11.2.1). */
enum SigningScheme {
    RSASSA(0x0014),
    RSAPSS(0x0016),
    ECDSA(0x0018);

    private final int tpmId;

    SigningScheme(int tpmId) {
        this.tpmId = tpmId;
    }

    static SigningScheme ofTpmId(int tpmId) throws RefutedException {
        return Arrays.stream(values())
                .filter(scheme -> scheme.tpmId == tpmId)
                .findFirst()
                .orElseThrow(
                        () ->
                                new RefutedException(
                                        "signature scheme",
                                        String.format(Locale.ROOT, "0x%04x", tpmId),
                                        "0x0014 rsassa, 0x0016 rsapss or 0x0018 ecdsa"));
    }

    /** As Keylime spells it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
