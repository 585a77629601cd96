// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.HashAlgorithms;

import org.bouncycastle.jcajce.provider.digest.SM3;
import org.jspecify.annotations.Nullable;

import java.security.MessageDigest;

/**
 * The hashes of the kernel's banks: the JDK's, and SM3 by Bouncy Castle, loaded when it is used.
 */
final class KernelHashes {
    private KernelHashes() {}

    static HashAlgorithms all() {
        return HashAlgorithms.with(KernelHashes::other);
    }

    private static @Nullable MessageDigest other(String kernelName) {
        return kernelName.equals("sm3_256") || kernelName.equals("sm3") ? new SM3.Digest() : null;
    }
}
