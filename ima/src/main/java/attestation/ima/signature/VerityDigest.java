// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fs-verity digest of a content with 4 KiB blocks and no salt, {@code
 * Documentation/filesystems/fsverity.rst}; computed in one pass, memory follows the depth of the
 * tree.
 */
final class VerityDigest {
    private static final int BLOCK = 4096;
    private static final int DESCRIPTOR = 256;
    private static final byte LOG_BLOCK = 12;

    /** A block of hashes that is being filled. */
    private static final class Level {
        final byte[] block = new byte[BLOCK];
        int used;

        void put(byte[] hash) {
            System.arraycopy(hash, 0, block, used, hash.length);
            used += hash.length;
        }
    }

    private final MessageDigest digest;
    private final byte algorithm;
    private final List<Level> levels = new ArrayList<>();

    /**
     * @param hash sha256 or sha512, the two that fs-verity has
     */
    VerityDigest(KernelHash hash, MessageDigest digest) {
        this.digest = digest;
        this.algorithm = (byte) (hash == KernelHash.SHA256 ? 1 : 2);
    }

    static boolean has(KernelHash hash) {
        return hash == KernelHash.SHA256 || hash == KernelHash.SHA512;
    }

    byte[] of(InputStream in) throws IOException {
        long size = 0;
        byte[] block = new byte[BLOCK];
        int read = in.readNBytes(block, 0, BLOCK);
        while (read > 0) {
            size += read;
            add(0, hashOf(block, read));
            read = in.readNBytes(block, 0, BLOCK);
        }
        return digest.digest(descriptor(size, root()));
    }

    private byte[] hashOf(byte[] block, int used) {
        Arrays.fill(block, used, BLOCK, (byte) 0);
        return digest.digest(block);
    }

    private void add(int level, byte[] hash) {
        if (levels.size() == level) {
            levels.add(new Level());
        }
        Level hashes = levels.get(level);
        if (hashes.used + hash.length > BLOCK) {
            add(level + 1, flush(hashes));
        }
        hashes.put(hash);
    }

    private byte[] flush(Level hashes) {
        byte[] hash = hashOf(hashes.block, hashes.used);
        hashes.used = 0;
        return hash;
    }

    /** The last level with a single hash is the root; every level below is closed into it. */
    private byte[] root() {
        byte[] root = new byte[digest.getDigestLength()];
        for (int level = 0; level < levels.size(); level++) {
            Level hashes = levels.get(level);
            boolean last = level == levels.size() - 1;
            if (last && hashes.used == root.length) {
                return Arrays.copyOf(hashes.block, root.length);
            }
            add(level + 1, flush(hashes));
        }
        return root;
    }

    private byte[] descriptor(long size, byte[] root) {
        return ByteBuffer.allocate(DESCRIPTOR)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .put(algorithm)
                .put(LOG_BLOCK)
                .put((byte) 0)
                .putInt(0)
                .putLong(size)
                .put(root)
                .array();
    }
}
