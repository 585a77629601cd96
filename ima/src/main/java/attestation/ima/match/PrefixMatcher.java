// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import attestation.ima.HashAlgorithms;
import attestation.ima.follow.LogView;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Finds the prefix of the list that a quote covers, going on from the last one that was proven.
 *
 * <p>Confined to one thread at a time. What one call costs follows what is new since the last
 * proven prefix. A search of the whole list, in every mode the kernel may extend in, is made once;
 * after it failed, later calls look at new entries only, until {@link #searchAgain} names a new
 * cause.
 */
public final class PrefixMatcher {
    private final HashAlgorithms algorithms;
    private final Map<String, BankSearch> banks = new HashMap<>();
    private long incarnation = -1;

    public PrefixMatcher(HashAlgorithms algorithms) {
        this.algorithms = algorithms;
    }

    /**
     * The prefix of {@code view} that fits.
     *
     * @param bank kernel name of the quoted bank
     * @param quoted whether these PCR values are the quoted ones; asked at the last proven prefix
     *     first, then after each further entry
     * @throws IOException when the spool cannot be read
     * @throws IllegalArgumentException when the bank's hash is not available
     */
    public Match match(LogView view, String bank, Predicate<PcrLookup> quoted) throws IOException {
        return search(view, bank).match(view, quoted, true);
    }

    /**
     * The same without going back to entry 0, only to the prefixes proven shortly before the last
     * one: for a first try whose predicate may compare with values that are out of date.
     *
     * <p>While nothing was ever proven, this is {@link #match}.
     */
    public Match matchOnward(LogView view, String bank, Predicate<PcrLookup> quoted)
            throws IOException {
        return search(view, bank).match(view, quoted, false);
    }

    /**
     * The one entry whose extend the TPM has lost: without it the list leads on from the last
     * proven prefix to the quoted values. Looked for among the few entries since that prefix only;
     * empty when nothing was ever proven, or no single entry explains the quote.
     *
     * @return number of the entry, from 0
     * @throws IOException when the spool cannot be read
     */
    public OptionalLong lostExtend(LogView view, String bank, Predicate<PcrLookup> quoted)
            throws IOException {
        return search(view, bank).lostExtend(view, quoted);
    }

    private BankSearch search(LogView view, String bank) {
        if (view.incarnation() != incarnation) {
            banks.clear();
            incarnation = view.incarnation();
        }
        String name = HashAlgorithms.canonical(bank);
        BankSearch known = banks.get(name);
        if (known == null) {
            known = new BankSearch(name, algorithms);
            banks.put(name, known);
        }
        return known;
    }

    /**
     * Lets the next call for this bank search the whole list once more, because something the
     * predicate compares with has changed: other PCRs were read anew, the TPM was reset.
     */
    public void searchAgain(String bank) {
        BankSearch search = banks.get(HashAlgorithms.canonical(bank));
        if (search != null) {
            search.searchAgain();
        }
    }
}
