// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.util.Optional;

/**
 * What one attribute of one file is worth.
 *
 * @param attribute {@code security.ima} or {@code security.evm}
 * @param why one line for people: what was found, and what to do where something is wrong
 * @param value the attribute, empty when it is absent or malformed
 * @param key the key whose signature it is, empty when none verified
 */
public record Verdict(
        String attribute,
        Outcome outcome,
        String why,
        Optional<SecurityXattr> value,
        Optional<TrustedKey> key) {
    /** What can come out. */
    public enum Outcome {
        /** A trusted key signed what the file is now. */
        SIGNED,
        /** The digest is that of the file, but whoever may write the attribute may have set it. */
        DIGEST_MATCHES,
        /** The file or its metadata changed after signing, or the signature is another key's. */
        INVALID_SIGNATURE,
        /** The digest is another content's. */
        INVALID_DIGEST,
        /** No key with the id that the signature names. */
        UNKNOWN_KEY,
        /** The file has no such attribute. */
        MISSING,
        /** The attribute is none that the kernel accepts. */
        MALFORMED,
        /** Only the kernel can tell, or the algorithm is not installed. */
        UNDECIDED
    }
}
