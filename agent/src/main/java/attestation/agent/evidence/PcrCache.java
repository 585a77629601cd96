// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrValues;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The last known values of one bank's PCRs. Nobody believes them for their own sake: a quoted
 * digest proves them, or they are read again.
 *
 * <p>Thread-safe; values are never changed after they were put in.
 */
final class PcrCache {
    private final HashAlgorithm bank;
    private final byte[] @Nullable [] values = new byte[24][];

    PcrCache(HashAlgorithm bank) {
        this.bank = bank;
    }

    synchronized void put(int pcr, byte[] value) {
        values[pcr] = value.clone();
    }

    /**
     * Takes over what was read.
     *
     * @param owned a PCR whose value is put in, never learnt
     * @return whether anything but PCR 10, which the list gives, was new
     */
    synchronized boolean learn(PcrValues read, int owned) {
        boolean news = false;
        SortedMap<Integer, byte[]> of = read.banks().getOrDefault(bank, new TreeMap<>());
        for (var entry : of.entrySet()) {
            int pcr = entry.getKey();
            if (pcr != owned) {
                boolean same = Arrays.equals(values[pcr], entry.getValue());
                news |= !same && pcr != EvidenceRequest.IMA_PCR;
                values[pcr] = entry.getValue();
            }
        }
        return news;
    }

    /** Known values of the masked PCRs, ascending; PCRs that are not known are left out. */
    synchronized SortedMap<Integer, byte[]> known(int mask) {
        SortedMap<Integer, byte[]> known = new TreeMap<>();
        for (int pcr = 0; pcr < values.length; pcr++) {
            byte[] value = values[pcr];
            if (value != null && (mask & 1 << pcr) != 0) {
                known.put(pcr, value);
            }
        }
        return known;
    }
}
