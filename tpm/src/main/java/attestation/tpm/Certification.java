// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/**
 * A TPM2_Certify of the attestation key by another key (Part 3 §18.2).
 *
 * @param attest TPMS_ATTEST exactly as signed, without a size before it
 * @param signature TPMT_SIGNATURE over it
 */
public record Certification(byte[] attest, byte[] signature) {}
