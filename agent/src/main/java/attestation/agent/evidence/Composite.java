// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.match.PcrLookup;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The digest of a quote held against candidates for its PCR values: known ones, and those that the
 * measurement list gives.
 *
 * <p>Confined to one thread at a time. TPM 2.0 Part 2 §10.12.1: the digest is over the values in
 * ascending order.
 */
final class Composite {
    private final int mask;
    private final byte[] quotedDigest;
    private final SortedMap<Integer, byte[]> known;
    private final MessageDigest digest;
    private SortedMap<Integer, byte[]> quoted = new TreeMap<>();

    /**
     * @param mask the selected PCRs
     * @param known values of them; those missing must be given by the list
     */
    Composite(HashAlgorithm bank, int mask, byte[] quotedDigest, SortedMap<Integer, byte[]> known)
            throws TpmException.Unsupported {
        this.mask = mask;
        this.quotedDigest = quotedDigest.clone();
        this.known = new TreeMap<>(known);
        this.digest = bank.newDigest();
    }

    /** The selected PCRs. */
    int mask() {
        return mask;
    }

    /** The quoted digest. */
    byte[] digest() {
        return quotedDigest.clone();
    }

    /** Whether each selected PCR has a known value or is one of these. */
    boolean isComplete(int fromList) {
        return known.keySet().stream().mapToInt(pcr -> 1 << pcr).reduce(fromList, (a, b) -> a | b)
                == (mask | fromList);
    }

    /**
     * Whether the quote is over the list's values of some PCRs and the known values of the others.
     *
     * @param fromList bit i takes PCR i from the list
     */
    boolean matches(PcrLookup list, int fromList) {
        digest.reset();
        for (int left = mask; left != 0; left &= left - 1) {
            byte[] value = value(list, fromList, Integer.numberOfTrailingZeros(left));
            if (value == null) {
                return false;
            }
            digest.update(value);
        }
        boolean fits = Arrays.equals(digest.digest(), quotedDigest);
        if (fits) {
            keep(list, fromList);
        }
        return fits;
    }

    /** Whether the quote is over exactly the known values. */
    boolean matches() {
        return matches(pcr -> new byte[0], 0);
    }

    /** The quoted values, ascending, once something matched; empty before. */
    SortedMap<Integer, byte[]> values() {
        return quoted;
    }

    private byte @org.jspecify.annotations.Nullable [] value(
            PcrLookup list, int fromList, int pcr) {
        return (fromList & 1 << pcr) != 0 ? list.pcr(pcr) : known.get(pcr);
    }

    private void keep(PcrLookup list, int fromList) {
        quoted = new TreeMap<>();
        for (int pcr = 0; pcr < Integer.SIZE; pcr++) {
            byte[] value = (mask & 1 << pcr) == 0 ? null : value(list, fromList, pcr);
            if (value != null) {
                quoted.put(pcr, value.clone());
            }
        }
    }
}
