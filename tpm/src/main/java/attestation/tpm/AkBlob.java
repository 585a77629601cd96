// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/**
 * An attestation key as it is kept: only this TPM can load it, only under its EK.
 *
 * @param tpmtPublic TPMT_PUBLIC
 * @param tpm2bPrivateContents contents of TPM2B_PRIVATE, without size
 */
public record AkBlob(byte[] tpmtPublic, byte[] tpm2bPrivateContents) {}
