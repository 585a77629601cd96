// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.Arrays;
import java.util.Optional;

/** TPM_ALG_ID of the asymmetric signing kind. */
public enum SigningAlgorithm {
    RSASSA("rsassa", 0x0014, true),
    RSAPSS("rsapss", 0x0016, true),
    ECDSA("ecdsa", 0x0018, false),
    ECSCHNORR("ecschnorr", 0x001c, false);

    private final String keylimeName;
    private final int tpmId;
    private final boolean rsa;

    SigningAlgorithm(String keylimeName, int tpmId, boolean rsa) {
        this.keylimeName = keylimeName;
        this.tpmId = tpmId;
        this.rsa = rsa;
    }

    /** As Keylime spells it. */
    public String keylimeName() {
        return keylimeName;
    }

    /** TPM_ALG_ID. */
    public int tpmId() {
        return tpmId;
    }

    /** Whether an RSA key signs so; else an elliptic one. */
    public boolean isRsa() {
        return rsa;
    }

    /** By Keylime's spelling. */
    public static Optional<SigningAlgorithm> ofKeylimeName(String name) {
        return Arrays.stream(values()).filter(a -> a.keylimeName.equals(name)).findFirst();
    }

    /** By TPM_ALG_ID. */
    public static Optional<SigningAlgorithm> ofTpmId(int tpmId) {
        return Arrays.stream(values()).filter(a -> a.tpmId == tpmId).findFirst();
    }
}
