// SPDX-License-Identifier: Apache-2.0
/**
 * A TPM 2.0 as the agent needs it; the way in is {@link attestation.tpm.Tpm}.
 *
 * <p>Names are the TCG's. No type of the TPM library that is used inside leaves {@code
 * attestation.tpm.tss}.
 */
@NullMarked
package attestation.tpm;

import org.jspecify.annotations.NullMarked;
