// SPDX-License-Identifier: Apache-2.0
/**
 * Ways to a TPM: one command out, one response back; the way in is {@link
 * attestation.tpm.transport.Transports}.
 */
@NullMarked
package attestation.tpm.transport;

import org.jspecify.annotations.NullMarked;
