// SPDX-License-Identifier: Apache-2.0
/**
 * Keylime's encodings, each way: {@link attestation.agent.keylime.wire.QuoteString}, {@link
 * attestation.agent.keylime.wire.ListJson} and {@link attestation.agent.keylime.wire.Json} are the
 * ways in. Nothing here knows requests or the TPM.
 */
@NullMarked
package attestation.agent.keylime.wire;

import org.jspecify.annotations.NullMarked;
