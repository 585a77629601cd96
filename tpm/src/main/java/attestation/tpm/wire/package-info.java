// SPDX-License-Identifier: Apache-2.0
/**
 * Strict reading of TPM structures: every length against what remains, nothing left over; the way
 * in is {@link attestation.tpm.wire.TpmReader}.
 */
@NullMarked
package attestation.tpm.wire;

import org.jspecify.annotations.NullMarked;
