// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import java.util.Locale;
import java.util.Optional;

/** Key type of EK and AK as Keylime spells it; the spelling depends on the API version. */
public enum EncryptionAlgorithm {
    RSA1024(""),
    RSA2048(""),
    RSA3072(""),
    RSA4096(""),
    ECC192("ecc_nist_p192"),
    ECC224("ecc_nist_p224"),
    ECC256("ecc_nist_p256"),
    ECC384("ecc_nist_p384"),
    ECC521("ecc_nist_p521"),
    ECC_SM2("ecc_sm2_p256");

    private static final ApiVersion SIZED_NAMES = ApiVersion.v(2, 5);

    private final String otherName;

    EncryptionAlgorithm(String otherName) {
        this.otherName = otherName;
    }

    /** The algorithm that a configuration names; empty for other texts. */
    public static Optional<EncryptionAlgorithm> parse(String text) {
        for (EncryptionAlgorithm algorithm : values()) {
            if (algorithm.isNamed(text)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    /** As answers of that version spell it: {@code rsa} and {@code ecc} before 2.5. */
    public String name(ApiVersion version) {
        return version.atLeast(SIZED_NAMES) ? sized() : unsized();
    }

    private boolean isNamed(String text) {
        return !text.isEmpty()
                && (text.equals(sized()) || text.equals(unsized()) || text.equals(otherName));
    }

    private String unsized() {
        return switch (this) {
            case RSA2048 -> "rsa";
            case ECC256 -> "ecc";
            default -> sized();
        };
    }

    private String sized() {
        return name().toLowerCase(Locale.ROOT);
    }
}
