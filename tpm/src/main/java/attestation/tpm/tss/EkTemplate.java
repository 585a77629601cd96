// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;

import tss.tpm.TPMT_PUBLIC;

import java.util.Optional;

/**
 * Templates of the TCG EK Credential Profile 2.5, annex B.
 *
 * <p>L-1 and L-2 are authorized by PolicyA alone; of the high-range ones PolicyB allows PolicyA or
 * an NV index.
 */
enum EkTemplate {
    L1("L-1", EncryptionAlgorithm.RSA2048, HashAlgorithm.SHA256, 128, false),
    L2("L-2", EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256, 128, false),
    H1("H-1", EncryptionAlgorithm.RSA2048, HashAlgorithm.SHA256, 128, true),
    H2("H-2", EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256, 128, true),
    H3("H-3", EncryptionAlgorithm.ECC384, HashAlgorithm.SHA384, 256, true),
    H4("H-4", EncryptionAlgorithm.ECC521, HashAlgorithm.SHA512, 256, true),
    H6("H-6", EncryptionAlgorithm.RSA3072, HashAlgorithm.SHA384, 256, true),
    H7("H-7", EncryptionAlgorithm.RSA4096, HashAlgorithm.SHA384, 256, true);

    private static final int LOW_ATTRIBUTES = 0x000300b2;
    private static final int HIGH_ATTRIBUTES = 0x000300f2;

    final String label;
    final EncryptionAlgorithm algorithm;
    final HashAlgorithm nameAlg;
    private final int cipherBits;
    private final boolean high;

    EkTemplate(
            String label,
            EncryptionAlgorithm algorithm,
            HashAlgorithm nameAlg,
            int cipherBits,
            boolean high) {
        this.label = label;
        this.algorithm = algorithm;
        this.nameAlg = nameAlg;
        this.cipherBits = cipherBits;
        this.high = high;
    }

    /** The one Keylime takes for a kind of key. */
    static EkTemplate of(EncryptionAlgorithm algorithm) {
        return switch (algorithm) {
            case RSA2048 -> L1;
            case ECC256 -> L2;
            case ECC384 -> H3;
            case ECC521 -> H4;
            case RSA3072 -> H6;
            case RSA4096 -> H7;
        };
    }

    /** The one that a key was made from; a P-256 key of L-2 and one of H-2 differ in policy. */
    static Optional<EkTemplate> matching(PublicArea key) throws TpmException {
        for (EkTemplate template : values()) {
            if (key.sameTemplate(PublicArea.parse(template.area().toBytes()))) {
                return Optional.of(template);
            }
        }
        return Optional.empty();
    }

    /** Where the certificate of this key is; H-1 and H-2 have indices of their own. */
    int certificateIndex() {
        return switch (this) {
            case H1 -> 0x01c00012;
            case H2 -> 0x01c00014;
            default -> algorithm.certificateIndex();
        };
    }

    TPMT_PUBLIC area() {
        byte[] policy = high ? EkPolicy.policyB(nameAlg) : EkPolicy.policyA(nameAlg);
        int attributes = high ? HIGH_ATTRIBUTES : LOW_ATTRIBUTES;
        if (algorithm.isRsa()) {
            byte[] unique = new byte[high ? 0 : algorithm.bits() / 8];
            return Templates.rsa(
                    nameAlg,
                    attributes,
                    policy,
                    Templates.aes(cipherBits),
                    Templates.noScheme(),
                    algorithm.bits(),
                    unique);
        }
        byte[] unique = new byte[high ? 0 : algorithm.bits() / 8];
        return Templates.ecc(
                nameAlg,
                attributes,
                policy,
                Templates.aes(cipherBits),
                Templates.noScheme(),
                algorithm.curveId(),
                unique);
    }
}
