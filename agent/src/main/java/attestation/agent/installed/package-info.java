// SPDX-License-Identifier: Apache-2.0
/**
 * The files that this program itself consists of, which are measured like all others, and the
 * entries that a verifier's policy needs for them: {@link attestation.agent.installed.OwnFiles} is
 * the way in.
 */
@NullMarked
package attestation.agent.installed;

import org.jspecify.annotations.NullMarked;
