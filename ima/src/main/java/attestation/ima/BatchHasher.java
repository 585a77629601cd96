// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes the template hashes of a batch for some banks; one for each thread. */
final class BatchHasher {
    private final List<BankChain> chains;
    private final HashAlgorithms algorithms;
    private final Map<String, MessageDigest> digests = new LinkedHashMap<>();
    private final byte[] scratch = new byte[Limits.MAX_HASH];

    BatchHasher(List<BankChain> chains, HashAlgorithms algorithms) {
        this.chains = chains;
        this.algorithms = algorithms;
    }

    /**
     * Fills the hashes of {@code batch}.
     *
     * @return number of the first entry whose logged template hash is another, or -1
     */
    int hash(EntryBatch batch, boolean proveLogged) {
        for (int bank = 0; bank < chains.size(); bank++) {
            BankChain chain = chains.get(bank);
            hashAll(batch, chain.templateHash(), chain.size(), batch.hashes[bank]);
        }
        return proveLogged ? firstUnproven(batch) : -1;
    }

    private void hashAll(EntryBatch batch, String algorithm, int slot, byte[] target) {
        MessageDigest digest = digest(algorithm);
        int size = digest.getDigestLength();
        for (int i = 0; i < batch.count; i++) {
            digest.update(batch.data, batch.starts[i], batch.starts[i + 1] - batch.starts[i]);
            finish(digest, target, i * slot);
            if (size < slot) {
                Arrays.fill(target, i * slot + size, (i + 1) * slot, (byte) 0);
            }
        }
    }

    private int firstUnproven(EntryBatch batch) {
        List<String> candidates = algorithms.ofSize(batch.hashBytes);
        if (candidates.isEmpty()) {
            return 0;
        }
        String loggedWith = candidates.getFirst();
        byte[] known = alreadyHashed(batch, loggedWith);
        MessageDigest digest = digest(loggedWith);
        int size = digest.getDigestLength();
        for (int i = 0; i < batch.count; i++) {
            int at = i * batch.hashBytes;
            if (batch.violations[i]) {
                continue;
            }
            byte[] computed = known;
            int place = at;
            if (known.length == 0) {
                digest.update(batch.data, batch.starts[i], batch.starts[i + 1] - batch.starts[i]);
                finish(digest, scratch, 0);
                computed = scratch;
                place = 0;
            }
            if (!Arrays.equals(computed, place, place + size, batch.logged, at, at + size)) {
                return i;
            }
        }
        return -1;
    }

    private byte[] alreadyHashed(EntryBatch batch, String loggedWith) {
        for (int bank = 0; bank < chains.size(); bank++) {
            BankChain chain = chains.get(bank);
            if (chain.templateHash().equals(loggedWith) && chain.size() == batch.hashBytes) {
                return batch.hashes[bank];
            }
        }
        return new byte[0];
    }

    private MessageDigest digest(String algorithm) {
        return digests.computeIfAbsent(algorithm, algorithms::digest);
    }

    private static void finish(MessageDigest digest, byte[] target, int at) {
        try {
            digest.digest(target, at, digest.getDigestLength());
        } catch (DigestException e) {
            throw new IllegalStateException("digest buffer: " + target.length + " bytes", e);
        }
    }
}
