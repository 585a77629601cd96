// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import attestation.ima.ReplayMode;

/** What the list says about a quote. */
public sealed interface Match {
    /**
     * The first {@code entries} entries replay to the quoted values. Entries of PCRs that the quote
     * is not about, directly behind the one that fits, are counted to them.
     *
     * @param entries length of the prefix
     * @param lines the same counted by newlines, as a verifier counts
     * @param mode what the kernel extends into this bank
     */
    record Proven(long entries, long lines, ReplayMode mode) implements Match {}

    /**
     * No prefix does.
     *
     * @param searched entries the search covered
     * @param lastProven length of the last prefix that some quote proved; 0 when none did
     * @param everProven whether any quote was proven on this list
     * @param wholeList whether this call searched from entry 0
     */
    record Unproven(long searched, long lastProven, boolean everProven, boolean wholeList)
            implements Match {}
}
