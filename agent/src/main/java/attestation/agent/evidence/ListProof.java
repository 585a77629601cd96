// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.Display;
import attestation.ima.Entry;
import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.LogView;
import attestation.ima.match.CoverageWatch;
import attestation.ima.match.Match;
import attestation.ima.match.MismatchCause;
import attestation.ima.match.PrefixMatcher;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds quotes against the list and remembers how that went.
 *
 * <p>Confined to the log thread, but for {@link #state}, {@link #remembered} and {@link
 * #isWorthTelling}, which may be asked from any.
 */
final class ListProof {
    private static final Logger LOG = LoggerFactory.getLogger(ListProof.class);
    private static final int MAX_NAME = 200;
    private static final int MOST_REMEMBERED = 16;

    /** A quote that says the same as the last one is told this often. */
    private static final Duration TOLD_AGAIN = Duration.ofSeconds(1);

    private final String bank;
    private final PrefixMatcher matcher;
    private final CoverageWatch coverage;
    private final ListPcrs pcrs = new ListPcrs();
    private final InstantSource clock;
    private final FactsSource facts;
    private boolean everProven;
    private boolean replaced;
    private long incarnation = -1;

    /** Searched for once, when a disagreement begins. */
    private OptionalLong lost = OptionalLong.empty();

    private volatile ProofState state = ProofState.NONE;
    private volatile Map<Integer, Known> remembered = Map.of();

    /**
     * @param bank kernel name of the quoted bank
     * @param facts what is known of boot and TPM
     */
    ListProof(String bank, PrefixMatcher matcher, InstantSource clock, FactsSource facts) {
        this.bank = bank;
        this.matcher = matcher;
        this.coverage = new CoverageWatch(clock);
        this.clock = clock;
        this.facts = facts;
    }

    /** What is known of boot and TPM beside list and quote. */
    interface FactsSource {
        /** Never waits for the TPM. */
        MismatchCause.Facts facts(boolean pcrIsZero, boolean everProven);
    }

    /**
     * What the list says about one quote.
     *
     * @param values the quoted PCR values; empty when no prefix was found
     * @param lines length of the proven prefix in lines
     */
    record Outcome(LogView view, boolean proven, long lines, SortedMap<Integer, byte[]> values) {}

    /**
     * A digest that was proven to speak of a prefix: another quote with the same digest over the
     * same PCRs speaks of the same one.
     */
    record Known(
            LogView view, Match.Proven proven, byte[] digest, SortedMap<Integer, byte[]> values) {
        /** How a quote that was made after so many entries were listed is answered from it. */
        Outcome outcome(LogView listed) {
            LogView longer = listed.entries() >= proven.entries() ? listed : view;
            return new Outcome(longer, true, proven.lines(), values);
        }
    }

    /**
     * What is known of this quote, so that it need not be searched for. Where more is listed than
     * it is known to cover, it must be: the rest may be of PCRs that the quote is not about.
     */
    Optional<Known> remembered(int mask, byte[] digest, LogView listed) {
        Known known = remembered.get(mask);
        return known != null
                        && known.view().incarnation() == listed.incarnation()
                        && listed.entries() <= known.proven().entries()
                        && Arrays.equals(known.digest(), digest)
                ? Optional.of(known)
                : Optional.empty();
    }

    /** Whether {@link #again} would change anything worth the log thread's time. */
    boolean isWorthTelling(Known known, long listedBefore) {
        ProofState now = state;
        long entries = known.proven().entries();
        boolean same = now.matched() == entries && listedBefore <= entries;
        boolean calm = now.disagreement().isEmpty() && now.uncovered().isEmpty();
        return !same
                || !calm
                || now.when().isEmpty()
                || clock.instant().isAfter(now.when().get().plus(TOLD_AGAIN));
    }

    /** Takes account of a quote that was answered from what is known. */
    void again(Known known, LogView listed, long listedBefore) throws IOException {
        if (listed.incarnation() == incarnation) {
            account(known.outcome(listed).view(), known.proven(), listedBefore);
        }
    }

    /** From the last proven prefixes on; the whole list only when nothing was ever proven on it. */
    Outcome near(LogView view, ListStatistics list, Composite composite, long listedBefore)
            throws IOException {
        forgetOtherList(view);
        int usual = pcrs.usual(composite, list);
        if (!composite.isComplete(usual)) {
            return none(view);
        }
        Match match =
                matcher.matchOnward(view, bank, values -> ListPcrs.fits(composite, values, usual));
        return outcome(view, composite, listedBefore, match);
    }

    /**
     * Everywhere.
     *
     * @param news whether what the list does not give is not as it was in the last search
     */
    Outcome everywhere(
            LogView view, ListStatistics list, Composite composite, long listedBefore, boolean news)
            throws IOException {
        forgetOtherList(view);
        if (news) {
            matcher.searchAgain(bank);
        }
        int others = pcrs.others(composite, list);
        Match match =
                matcher.match(view, bank, values -> pcrs.fitsAnyhow(composite, values, others));
        return outcome(view, composite, listedBefore, match);
    }

    /** Says why this quote speaks of no prefix of the list. */
    void unproven(LogView view, ListStatistics list, Composite composite, boolean pcrIsZero)
            throws IOException {
        if (state.disagreement().isEmpty()) {
            lost = lostExtend(view, list, composite);
        }
        Match.Unproven match =
                new Match.Unproven(view.entries(), state.matched(), everProven, false);
        MismatchCause cause =
                MismatchCause.of(view, list, match, lost, facts.facts(pcrIsZero, everProven));
        Optional<ProofState.NamedEntry> after =
                everProven
                        ? Optional.of(named(view, lost.orElse(state.matched())))
                        : Optional.empty();
        var why = new ProofState.Disagreement(cause, after, replaced);
        if (state.disagreement().filter(why::equals).isEmpty()) {
            LOG.error(
                    "quote and measurement list disagree cause={} entries={} last_proven={} reason=\"{}\" next=\"{}\"",
                    cause,
                    view.entries(),
                    state.matched(),
                    why.words(),
                    cause.nextStep());
        }
        state = state.disagrees(why, clock.instant());
    }

    private OptionalLong lostExtend(LogView view, ListStatistics list, Composite composite)
            throws IOException {
        int usual = pcrs.usual(composite, list);
        return composite.isComplete(usual)
                ? matcher.lostExtend(view, bank, values -> ListPcrs.fits(composite, values, usual))
                : OptionalLong.empty();
    }

    /** How the last quote went. */
    ProofState state() {
        return state;
    }

    /** PCR 10 still zero fits the empty prefix of every list, which proves nothing. */
    private Outcome outcome(LogView view, Composite composite, long listedBefore, Match match)
            throws IOException {
        return switch (match) {
            case Match.Unproven unproven -> none(view);
            case Match.Proven proven when proven.entries() == 0 && listedBefore > 0 -> none(view);
            case Match.Proven proven -> {
                everProven = true;
                account(view, proven, listedBefore);
                remember(
                        composite, new Known(view, proven, composite.digest(), composite.values()));
                yield new Outcome(view, true, proven.lines(), composite.values());
            }
        };
    }

    private void account(LogView view, Match.Proven proven, long listedBefore) throws IOException {
        if (!isOvertaken(proven, listedBefore)) {
            coverage.quoted(listedBefore, proven.entries());
            agree(view, proven);
        }
    }

    /** Few selections are asked for; one who asks for many different ones gains nothing. */
    private void remember(Composite composite, Known known) {
        Map<Integer, Known> more = new HashMap<>(remembered);
        if (more.size() >= MOST_REMEMBERED) {
            more.clear();
        }
        more.put(composite.mask(), known);
        remembered = Map.copyOf(more);
    }

    /** A quote that was made before another one, but comes to be matched behind it. */
    private boolean isOvertaken(Match.Proven proven, long listedBefore) {
        return proven.entries() < state.matched() && listedBefore <= proven.entries();
    }

    private void agree(LogView view, Match.Proven proven) throws IOException {
        OptionalLong entry = coverage.firstUncovered();
        Optional<ProofState.NamedEntry> uncovered =
                entry.isPresent() ? Optional.of(named(view, entry.getAsLong())) : Optional.empty();
        if (uncovered.isPresent() && state.uncovered().isEmpty()) {
            LOG.error(
                    "measurement list entry {} was never extended into PCR 10 reason=\"listed before several quotes, covered by none\"",
                    uncovered.get());
        }
        if (state.disagreement().isPresent()) {
            LOG.info("quote and measurement list agree again entries={}", proven.entries());
        }
        boolean saidPadded = state.padding().isPresent();
        state = ProofState.agrees(proven, uncovered, clock.instant());
        if (!saidPadded) {
            state.padding()
                    .ifPresent(
                            words ->
                                    LOG.warn(
                                            "{} bank={} next=\"{}\"",
                                            words,
                                            bank,
                                            ProofState.UNPADDED));
        }
    }

    private static ProofState.NamedEntry named(LogView view, long number) throws IOException {
        Entry entry = number < view.entries() ? view.entriesFrom(number).next() : null;
        String name = entry == null ? "" : Display.escape(entry.name());
        String shown = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "…" : name;
        return new ProofState.NamedEntry(number, shown);
    }

    private static Outcome none(LogView view) {
        return new Outcome(view, false, 0, new TreeMap<>());
    }

    private void forgetOtherList(LogView view) {
        if (view.incarnation() != incarnation) {
            replaced |= everProven;
            incarnation = view.incarnation();
            everProven = false;
            coverage.reset();
            pcrs.forget();
            remembered = Map.of();
            state = ProofState.NONE;
        }
    }
}
