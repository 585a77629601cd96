// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the prefix of the list a quote speaks of, and tells why there is none; {@link
 * attestation.ima.match.PrefixMatcher} is the way in.
 */
@NullMarked
package attestation.ima.match;

import org.jspecify.annotations.NullMarked;
