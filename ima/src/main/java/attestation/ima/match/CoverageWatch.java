// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Notices entries that are in the list but were never extended.
 *
 * <p>The kernel lists an entry first and extends it at once; so what was listed before a quote may
 * lie beyond that quote, but not beyond the next ones. An entry that does was lost by the TPM or
 * put into the list by an attacker. Confined to one thread at a time; memory is bounded.
 */
public final class CoverageWatch {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int QUOTES = 2;
    private static final int MAX_KEPT = 64;

    private record Listing(long entries, Instant at, int quotes) {}

    private final InstantSource clock;
    private final Deque<Listing> uncovered = new ArrayDeque<>();
    private long covered;

    public CoverageWatch(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Takes one quote into account.
     *
     * @param listedBefore entries that were in the list before the quote was asked for
     * @param matched entries the quote covers
     */
    public void quoted(long listedBefore, long matched) {
        covered = matched;
        uncovered.removeIf(listing -> listing.entries() <= matched);
        Deque<Listing> older = new ArrayDeque<>();
        uncovered.forEach(l -> older.add(new Listing(l.entries(), l.at(), l.quotes() + 1)));
        uncovered.clear();
        uncovered.addAll(older);
        boolean isNew = uncovered.isEmpty() || listedBefore > uncovered.getLast().entries();
        if (listedBefore > matched && isNew && uncovered.size() < MAX_KEPT) {
            uncovered.add(new Listing(listedBefore, clock.instant(), 1));
        }
    }

    /**
     * Number of the first entry that was listed before at least two quotes and two seconds ago, and
     * that no quote covers yet; empty when all is well.
     */
    public OptionalLong firstUncovered() {
        Instant now = clock.instant();
        boolean overdue =
                uncovered.stream()
                        .anyMatch(
                                l -> l.quotes() >= QUOTES && !now.isBefore(l.at().plus(PATIENCE)));
        return overdue ? OptionalLong.of(covered) : OptionalLong.empty();
    }

    /** Forgets everything: the list was replaced. */
    public void reset() {
        uncovered.clear();
        covered = 0;
    }
}
