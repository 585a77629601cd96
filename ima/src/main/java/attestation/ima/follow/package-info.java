// SPDX-License-Identifier: Apache-2.0
/**
 * Follows the kernel's live list and keeps what was read in a spool file of this boot.
 *
 * <p>{@link attestation.ima.follow.MeasurementFollower} is the way in; {@link
 * attestation.ima.follow.LogView} and {@link attestation.ima.follow.Slice} are what readers on
 * other threads get.
 */
@NullMarked
package attestation.ima.follow;

import org.jspecify.annotations.NullMarked;
