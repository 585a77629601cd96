// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Qualified Names (Part 1 §16, §26.5). */
final class Names {
    private Names() {}

    /**
     * nameAlg and hash of the parent's qualified name and the Name; a hierarchy's is its handle.
     */
    static byte[] qualified(HashAlgorithm nameAlg, byte[] parentQualifiedName, byte[] name)
            throws TpmException {
        MessageDigest digest = nameAlg.newDigest();
        digest.update(parentQualifiedName);
        byte[] hash = digest.digest(name);
        return ByteBuffer.allocate(2 + hash.length)
                .putShort((short) nameAlg.tpmId())
                .put(hash)
                .array();
    }
}
