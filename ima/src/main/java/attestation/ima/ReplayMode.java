// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

/** What the kernel extends into a bank; constant for a bank during one boot. */
public enum ReplayMode {
    /** The bank's own hash of the template data; a violation is 0xff in the digest's size. */
    HASH,
    /** SHA-1 padded with zeros, because the kernel lacks the bank's hash; violations as above. */
    PADDED_SHA1,
    /** Kernels before 5.8: as above, and a violation too is twenty 0xff and then zeros. */
    PADDED_SHA1_VIOLATIONS_TOO
}
