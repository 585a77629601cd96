// SPDX-License-Identifier: Apache-2.0
/**
 * The one thread that owns the TPM, and the requests that wait for it; the way in is {@link
 * attestation.tpm.queue.TpmWorker}. Inner part of {@link attestation.tpm.Tpm}.
 */
@NullMarked
package attestation.tpm.queue;

import org.jspecify.annotations.NullMarked;
