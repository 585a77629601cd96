// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.follow.ListStatistics;
import attestation.ima.match.PcrLookup;

/**
 * The PCRs that the list extends: PCR 10, and others where the policy says so ({@code pcr=}). Those
 * others may be extended by firmware or boot loader as well; then the list's replay does not give
 * their values, and what was read from the TPM counts.
 *
 * <p>Confined to one thread.
 */
final class ListPcrs {
    static final int IMA = 1 << EvidenceRequest.IMA_PCR;

    /** So many are tried in every combination; of more, all or none. */
    private static final int MOST_COMBINED = 4;

    private int shared;

    /** The selected PCRs that the list alone extends, as far as known. */
    int usual(Composite composite, ListStatistics list) {
        return (others(composite, list) & ~shared) | IMA;
    }

    /** Whether the quote fits with the usual ones from the list. */
    static boolean fits(Composite composite, PcrLookup values, int usual) {
        return composite.matches(values, usual);
    }

    /** The selected PCRs beside PCR 10 that the list extends. */
    int others(Composite composite, ListStatistics list) {
        int extended = 0;
        for (int pcr : list.pcrs().keySet()) {
            extended |= pcr < Integer.SIZE ? 1 << pcr : 0;
        }
        return extended & composite.mask() & ~IMA;
    }

    /** Whether it fits with any of {@code others} from the list; remembers with which. */
    boolean fitsAnyhow(Composite composite, PcrLookup values, int others) {
        boolean few = Integer.bitCount(others) <= MOST_COMBINED;
        for (int some = others; ; some = few ? (some - 1) & others : 0) {
            if (composite.matches(values, some | IMA)) {
                shared = (shared & ~others) | (others & ~some);
                return true;
            }
            if (some == 0) {
                return false;
            }
        }
    }

    /** Another list: nothing is known of it. */
    void forget() {
        shared = 0;
    }
}
