// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.AkTemplate;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.SigningAlgorithm;

import tss.tpm.TPM2B_PUBLIC_KEY_RSA;
import tss.tpm.TPMA_OBJECT;
import tss.tpm.TPMS_ECC_PARMS;
import tss.tpm.TPMS_ECC_POINT;
import tss.tpm.TPMS_NULL_ASYM_SCHEME;
import tss.tpm.TPMS_NULL_KDF_SCHEME;
import tss.tpm.TPMS_RSA_PARMS;
import tss.tpm.TPMS_SIG_SCHEME_ECDSA;
import tss.tpm.TPMS_SIG_SCHEME_ECSCHNORR;
import tss.tpm.TPMS_SIG_SCHEME_RSAPSS;
import tss.tpm.TPMS_SIG_SCHEME_RSASSA;
import tss.tpm.TPMT_PUBLIC;
import tss.tpm.TPMT_SYM_DEF_OBJECT;
import tss.tpm.TPMU_ASYM_SCHEME;
import tss.tpm.TPM_ALG_ID;
import tss.tpm.TPM_ECC_CURVE;

/** Public areas of keys that are to be made. */
final class Templates {
    private static final int AK_ATTRIBUTES = 0x00050072;

    private Templates() {}

    /**
     * The key's bits and scheme; {@code unique} as many bytes in each coordinate or the modulus.
     */
    static TPMT_PUBLIC rsa(
            HashAlgorithm nameAlg,
            int attributes,
            byte[] policy,
            TPMT_SYM_DEF_OBJECT cipher,
            TPMU_ASYM_SCHEME scheme,
            int bits,
            byte[] unique) {
        return new TPMT_PUBLIC(
                id(nameAlg),
                new TPMA_OBJECT(attributes),
                policy,
                new TPMS_RSA_PARMS(cipher, scheme, bits, 0),
                new TPM2B_PUBLIC_KEY_RSA(unique));
    }

    static TPMT_PUBLIC ecc(
            HashAlgorithm nameAlg,
            int attributes,
            byte[] policy,
            TPMT_SYM_DEF_OBJECT cipher,
            TPMU_ASYM_SCHEME scheme,
            int curve,
            byte[] unique) {
        return new TPMT_PUBLIC(
                id(nameAlg),
                new TPMA_OBJECT(attributes),
                policy,
                new TPMS_ECC_PARMS(
                        cipher, scheme, TPM_ECC_CURVE.fromInt(curve), new TPMS_NULL_KDF_SCHEME()),
                new TPMS_ECC_POINT(unique, unique));
    }

    /** Keylime's attestation key: restricted signing key, empty password, no policy. */
    static TPMT_PUBLIC ak(AkTemplate template) {
        EncryptionAlgorithm kind = template.encryption();
        TPMU_ASYM_SCHEME scheme = scheme(template.signing(), template.hash());
        TPMT_SYM_DEF_OBJECT none = new TPMT_SYM_DEF_OBJECT();
        byte[] empty = {};
        return kind.isRsa()
                ? rsa(template.hash(), AK_ATTRIBUTES, empty, none, scheme, kind.bits(), empty)
                : ecc(template.hash(), AK_ATTRIBUTES, empty, none, scheme, kind.curveId(), empty);
    }

    static TPMU_ASYM_SCHEME scheme(SigningAlgorithm signing, HashAlgorithm hash) {
        TPM_ALG_ID h = id(hash);
        return switch (signing) {
            case RSASSA -> new TPMS_SIG_SCHEME_RSASSA(h);
            case RSAPSS -> new TPMS_SIG_SCHEME_RSAPSS(h);
            case ECDSA -> new TPMS_SIG_SCHEME_ECDSA(h);
            case ECSCHNORR -> new TPMS_SIG_SCHEME_ECSCHNORR(h);
        };
    }

    static TPMU_ASYM_SCHEME noScheme() {
        return new TPMS_NULL_ASYM_SCHEME();
    }

    static TPMT_SYM_DEF_OBJECT aes(int bits) {
        return new TPMT_SYM_DEF_OBJECT(TPM_ALG_ID.AES, bits, TPM_ALG_ID.CFB);
    }

    static TPM_ALG_ID id(HashAlgorithm hash) {
        return TPM_ALG_ID.fromInt(hash.tpmId());
    }
}
