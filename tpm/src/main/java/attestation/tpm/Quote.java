// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/**
 * A TPM2_Quote (Part 3 §18.4).
 *
 * @param attest TPMS_ATTEST exactly as signed, never re-encoded, without a size before it
 * @param signature TPMT_SIGNATURE over it
 * @param info the same decoded; extraData, selection and signer were held against what was asked
 */
public record Quote(byte[] attest, byte[] signature, QuoteInfo info) {}
