// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.util.Arrays;

/**
 * Some thousand entries as places in one array, and their template hashes once computed.
 *
 * <p>Handed from thread to thread, never shared.
 */
final class EntryBatch {
    static final int MAX_ENTRIES = 4096;

    final int[] pcrs = new int[MAX_ENTRIES];
    final boolean[] violations = new boolean[MAX_ENTRIES];
    final int[] starts = new int[MAX_ENTRIES + 1];
    final byte[][] hashes;
    byte[] data = new byte[1 << 20];
    byte[] logged = new byte[MAX_ENTRIES * 20];
    int hashBytes;
    int count;

    EntryBatch(int[] hashSizes) {
        hashes = new byte[hashSizes.length][];
        for (int i = 0; i < hashSizes.length; i++) {
            hashes[i] = new byte[hashSizes[i] * MAX_ENTRIES];
        }
    }

    void clear(int bytesPerHash) {
        count = 0;
        hashBytes = bytesPerHash;
        if (logged.length < MAX_ENTRIES * bytesPerHash) {
            logged = new byte[MAX_ENTRIES * bytesPerHash];
        }
        if (data.length > 1 << 22) {
            data = new byte[1 << 20];
        }
    }

    boolean isFull() {
        return count == MAX_ENTRIES || starts[count] > 1 << 19;
    }

    /** Adds an entry whose template hash and data stand in these arrays. */
    void add(int pcr, byte[] hash, int hashAt, byte[] source, int dataAt, int length) {
        int start = starts[count];
        if (data.length - start < length) {
            data = Arrays.copyOf(data, start + length + (1 << 18));
        }
        System.arraycopy(source, dataAt, data, start, length);
        System.arraycopy(hash, hashAt, logged, count * hashBytes, hashBytes);
        pcrs[count] = pcr;
        violations[count] = Bytes.isZero(hash, hashAt, hashAt + hashBytes);
        starts[++count] = start + length;
    }
}
