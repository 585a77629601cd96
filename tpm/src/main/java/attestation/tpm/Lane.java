// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/** Who waits for the TPM; lanes are served in turn, so that none starves the other. */
public enum Lane {
    /** Keys, registration, identity quotes, everything an operator asks for. */
    IDENTITY,
    /** Integrity quotes. */
    INTEGRITY
}
