// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.Arrays;
import java.util.Optional;

/** Kind and size of an endorsement key, and of the attestation key under it. */
public enum EncryptionAlgorithm {
    RSA2048("rsa2048", true, 2048, 0, 0x01c00002),
    RSA3072("rsa3072", true, 3072, 0, 0x01c0001c),
    RSA4096("rsa4096", true, 4096, 0, 0x01c0001e),
    ECC256("ecc256", false, 256, 0x0003, 0x01c0000a),
    ECC384("ecc384", false, 384, 0x0004, 0x01c00016),
    ECC521("ecc521", false, 521, 0x0005, 0x01c00018);

    private final String keylimeName;
    private final boolean rsa;
    private final int bits;
    private final int curveId;
    private final int certificateIndex;

    EncryptionAlgorithm(
            String keylimeName, boolean rsa, int bits, int curveId, int certificateIndex) {
        this.keylimeName = keylimeName;
        this.rsa = rsa;
        this.bits = bits;
        this.curveId = curveId;
        this.certificateIndex = certificateIndex;
    }

    /** Sized name, for example {@code ecc256}. */
    public String keylimeName() {
        return keylimeName;
    }

    /** Whether this is RSA; else it is an elliptic curve. */
    public boolean isRsa() {
        return rsa;
    }

    /** Bits of the modulus or of the curve's field. */
    public int bits() {
        return bits;
    }

    /** TPM_ECC_CURVE, 0 for RSA. */
    public int curveId() {
        return curveId;
    }

    /** NV index of the EK certificate (TCG EK Credential Profile §2.2.1.4, §2.2.1.5). */
    public int certificateIndex() {
        return certificateIndex;
    }

    /**
     * By Keylime's configuration spelling: {@code rsa}, {@code ecc}, the sized names, and {@code
     * ecc_nist_p256} and the like.
     */
    public static Optional<EncryptionAlgorithm> ofKeylimeName(String name) {
        String sized =
                switch (name) {
                    case "rsa" -> "rsa2048";
                    case "ecc" -> "ecc256";
                    default -> name.replace("ecc_nist_p", "ecc");
                };
        return Arrays.stream(values()).filter(a -> a.keylimeName.equals(sized)).findFirst();
    }
}
