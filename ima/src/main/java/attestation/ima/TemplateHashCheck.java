// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells whether template data hashes to the logged template hash.
 *
 * <p>A per-bank list names no algorithm inside, and the kernel pads SHA-1 where it lacks the bank's
 * hash; so all of a size are tried, the one that fitted last first.
 */
final class TemplateHashCheck {
    private record Candidate(MessageDigest digest) {}

    private final List<Candidate> candidates = new ArrayList<>();
    private final byte[] computed;
    private final int hashBytes;

    TemplateHashCheck(HashAlgorithms algorithms, int hashBytes) {
        this.hashBytes = hashBytes;
        this.computed = new byte[Limits.MAX_HASH];
        algorithms
                .ofSize(hashBytes)
                .forEach(name -> candidates.add(new Candidate(algorithms.digest(name))));
        if (hashBytes > 20) {
            candidates.add(new Candidate(algorithms.digest("sha1")));
        }
    }

    boolean matches(byte[] data, byte[] logged) {
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            if (matches(candidate.digest(), data, logged)) {
                if (i > 0) {
                    candidates.remove(i);
                    candidates.addFirst(candidate);
                }
                return true;
            }
        }
        return false;
    }

    private boolean matches(MessageDigest digest, byte[] data, byte[] logged) {
        int size = digest.getDigestLength();
        try {
            digest.update(data);
            digest.digest(computed, 0, size);
        } catch (DigestException e) {
            throw new IllegalStateException("digest buffer: " + computed.length + " bytes", e);
        }
        return Arrays.equals(computed, 0, size, logged, 0, size)
                && Bytes.isZero(logged, size, hashBytes);
    }
}
