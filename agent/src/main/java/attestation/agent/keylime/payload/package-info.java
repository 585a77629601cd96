// SPDX-License-Identifier: Apache-2.0
/**
 * The bootstrap key from its two parts, the payload that it opens, and revocation: {@link
 * attestation.agent.keylime.payload.PayloadService} is the way in. Scripts run here, off every
 * request's path.
 */
@NullMarked
package attestation.agent.keylime.payload;

import org.jspecify.annotations.NullMarked;
