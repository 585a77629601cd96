// SPDX-License-Identifier: Apache-2.0
/**
 * TPM commands over a transport; the only place that knows the TPM library, of which it uses the
 * request structures. Responses are read by our own strict reader. The way in is {@link
 * attestation.tpm.tss.TpmConnection}.
 *
 * <p>Confined to the thread that owns the TPM.
 */
@NullMarked
package attestation.tpm.tss;

import org.jspecify.annotations.NullMarked;
