// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

/**
 * What one drain did.
 *
 * @param entries entries known now
 * @param added how many of them came with this drain
 * @param more whether it stopped for its budget, and should be called again soon
 * @param state how the following goes
 */
public record Progress(long entries, long added, boolean more, FollowState state) {}
