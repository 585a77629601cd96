// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.util.OptionalLong;

/**
 * Which boot a spool belongs to.
 *
 * @param bootId text of {@code /proc/sys/kernel/random/boot_id}
 * @param resetCount the TPM's resetCount; empty when it is not known
 */
public record BootIdentity(String bootId, OptionalLong resetCount) {
    /** Whether nothing known tells the two apart. */
    public boolean agreesWith(BootIdentity other) {
        boolean differentReset =
                resetCount.isPresent()
                        && other.resetCount.isPresent()
                        && !resetCount.equals(other.resetCount);
        return bootId.equals(other.bootId) && !differentReset;
    }
}
