// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.tpm.wire.PublicArea;

import java.util.List;
import java.util.Optional;

/**
 * An endorsement key's public side.
 *
 * @param template name of the TCG template it was made from, or {@code persistent 0x…}
 * @param publicArea decoded public area
 * @param name Name
 * @param subjectPublicKeyInfo DER
 * @param certificate as it is in NV, cut to its outer DER length, uncut where it does not parse;
 *     unverified
 * @param certificateNote why there is no certificate; empty when there is one. That none was ever
 *     written is no error, that it cannot be read may pass
 * @param certificateUnreadable whether there is a certificate that could not be read
 * @param chain certificates at 0x01c00100..0x01c001ff in ascending order, split
 */
public record EndorsementKey(
        String template,
        PublicArea publicArea,
        byte[] name,
        byte[] subjectPublicKeyInfo,
        Optional<byte[]> certificate,
        String certificateNote,
        boolean certificateUnreadable,
        List<byte[]> chain) {

    /** TPMT_PUBLIC. */
    public byte[] tpmtPublic() {
        return publicArea.bytes().clone();
    }

    /** TPM2B_PUBLIC. */
    public byte[] tpm2bPublic() {
        return publicArea.sized();
    }
}
