// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.OptionalInt;

/**
 * Which endorsement key.
 *
 * @param algorithm kind; decides the TCG template and the certificate's NV index
 * @param persistentHandle a key that is already in the TPM, 0x81000000..0x81ffffff; else it is
 *     created from the template, which gives the same key each time
 */
public record EkRequest(EncryptionAlgorithm algorithm, OptionalInt persistentHandle) {
    public EkRequest {
        if (persistentHandle.isPresent() && persistentHandle.getAsInt() >>> 24 != 0x81) {
            throw new IllegalArgumentException(
                    "EK handle: 0x"
                            + Integer.toHexString(persistentHandle.getAsInt())
                            + " (expected: a persistent handle, 0x81000000..0x81ffffff)");
        }
    }

    /** From the template. */
    public static EkRequest of(EncryptionAlgorithm algorithm) {
        return new EkRequest(algorithm, OptionalInt.empty());
    }
}
