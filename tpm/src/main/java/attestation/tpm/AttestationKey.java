// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.tpm.wire.PublicArea;

/**
 * The attestation key in use.
 *
 * @param publicArea decoded public area
 * @param name Name
 * @param qualifiedName what its quotes carry as qualifiedSigner
 */
public record AttestationKey(PublicArea publicArea, byte[] name, byte[] qualifiedName) {
    /** TPMT_PUBLIC. */
    public byte[] tpmtPublic() {
        return publicArea.bytes().clone();
    }

    /** TPM2B_PUBLIC. */
    public byte[] tpm2bPublic() {
        return publicArea.sized();
    }

    /** DER SubjectPublicKeyInfo. */
    public byte[] subjectPublicKeyInfo() {
        return publicArea.subjectPublicKeyInfo().orElseThrow();
    }
}
