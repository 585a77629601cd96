// SPDX-License-Identifier: Apache-2.0
/**
 * Keylime's agent API over evidence that others collect: {@link
 * attestation.agent.keylime.KeylimeApi} is the way in. Registration, and keys with payloads and
 * revocation, live in packages below.
 */
@NullMarked
package attestation.agent.keylime;

import org.jspecify.annotations.NullMarked;
