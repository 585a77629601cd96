// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.Optional;

/**
 * A secret that only this TPM can open.
 *
 * @param tpmtPublic TPMT_PUBLIC of the sealed object
 * @param tpm2bPrivateContents contents of TPM2B_PRIVATE, without size
 * @param pcrs PCRs that must have the values they had; empty for no such condition
 */
public record SealedBlob(
        byte[] tpmtPublic, byte[] tpm2bPrivateContents, Optional<PcrSelection> pcrs) {}
