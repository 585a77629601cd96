// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.Replay;
import attestation.ima.ReplayMode;
import attestation.ima.follow.EntryCursor;
import attestation.ima.follow.LogView;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The search in one bank: the replay at the last proven prefix, and where a failed search stopped.
 */
final class BankSearch {
    /** So many entries behind the last proven prefix are searched again by each call. */
    static final int WINDOW_ENTRIES = 2048;

    /** So many prefixes proven before the last one are kept, for quotes that were overtaken. */
    private static final int EARLIER = 32;

    /** No further back than this: 50 ms of hashing. */
    private static final int BACK_ENTRIES = 16_384;

    /** A lost extend is searched for among so few entries: each is tried, 30 ms of hashing. */
    private static final int MOST_SINCE_PROVEN = 256;

    private final String bank;
    private final HashAlgorithms algorithms;
    private final Deque<Replay> earlier = new ArrayDeque<>();
    private @Nullable Replay proven;
    private List<Replay> tips = List.of();
    private boolean wholeSearched;

    BankSearch(String bank, HashAlgorithms algorithms) {
        this.bank = bank;
        this.algorithms = algorithms;
        algorithms.digest(bank);
    }

    void searchAgain() {
        wholeSearched = false;
        tips = List.of();
    }

    Match match(LogView view, Predicate<PcrLookup> quoted, boolean mayStartOver)
            throws IOException {
        Replay found = searchOn(view, quoted);
        if (found == null) {
            Replay overtaken = searchBack(view, quoted);
            if (overtaken != null) {
                return proof(view, overtaken);
            }
        }
        boolean whole = found == null && !wholeSearched && (mayStartOver || proven == null);
        if (whole) {
            found = searchWhole(view, quoted);
        }
        if (found == null) {
            long last = proven == null ? 0 : proven.entries();
            return new Match.Unproven(view.entries(), last, proven != null, whole);
        }
        goOnFrom(found);
        return proof(view, found);
    }

    /** The one entry without which the list leads from the last proven prefix to the quote. */
    OptionalLong lostExtend(LogView view, Predicate<PcrLookup> quoted) throws IOException {
        Replay start = proven;
        long since = start == null ? 0 : view.entries() - start.entries();
        if (start == null || since < 1 || since > MOST_SINCE_PROVEN) {
            return OptionalLong.empty();
        }
        Replay before = start.copy();
        EntryCursor entries = view.entriesFrom(before.entries());
        for (long lost = before.entries(); lost < view.entries(); lost++) {
            if (fitsFrom(view, lost + 1, before.copy(), quoted)) {
                return OptionalLong.of(lost);
            }
            Entry next = entries.next();
            if (next == null) {
                break;
            }
            before.extend(next);
        }
        return OptionalLong.empty();
    }

    private static boolean fitsFrom(
            LogView view, long from, Replay replay, Predicate<PcrLookup> quoted)
            throws IOException {
        EntryCursor entries = view.entriesFrom(from);
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
            replay.extend(entry);
            if (quoted.test(replay::peek)) {
                return true;
            }
        }
        return false;
    }

    private static Match.Proven proof(LogView view, Replay found) throws IOException {
        return new Match.Proven(found.entries(), view.lineOfEntry(found.entries()), found.mode());
    }

    private void goOnFrom(Replay found) {
        Replay last = proven;
        if (last != null && last.entries() < found.entries()) {
            earlier.addLast(last);
        }
        earlier.removeIf(e -> e.entries() < found.entries() - BACK_ENTRIES);
        if (earlier.size() > EARLIER) {
            earlier.removeFirst();
        }
        proven = found;
        searchAgain();
    }

    /** A quote that was made before another one, but comes to be matched behind it. */
    private @Nullable Replay searchBack(LogView view, Predicate<PcrLookup> quoted)
            throws IOException {
        Replay last = proven;
        Replay first = earlier.peekFirst();
        if (last == null || first == null || first.entries() >= last.entries()) {
            return null;
        }
        long end = Math.min(last.entries(), view.entries());
        return search(view, List.of(first.copy()), end, quoted);
    }

    /** From the last proven prefix if that is near, and from where an earlier search stopped. */
    private @Nullable Replay searchOn(LogView view, Predicate<PcrLookup> quoted)
            throws IOException {
        Replay start = proven;
        if (start == null || start.entries() > view.entries()) {
            return search(view, tips, view.entries(), quoted);
        }
        if (!tips.isEmpty() && tips.getFirst().entries() > start.entries() + WINDOW_ENTRIES) {
            Replay here = new Question(quoted).standing(view, start.copy(), view.entries());
            return here == null ? search(view, tips, view.entries(), quoted) : here;
        }
        Replay onward = start.copy();
        tips = List.of(onward);
        return search(view, tips, view.entries(), quoted);
    }

    /** First as nearly every kernel extends; only when that fails, the other ways. */
    private @Nullable Replay searchWhole(LogView view, Predicate<PcrLookup> quoted)
            throws IOException {
        wholeSearched = true;
        List<Replay> failed = new ArrayList<>();
        for (ReplayMode mode : modes()) {
            Replay replay = new Replay(bank, mode, algorithms);
            if (search(view, List.of(replay), view.entries(), quoted) != null) {
                return replay;
            }
            failed.add(replay);
        }
        tips = failed;
        return null;
    }

    private List<ReplayMode> modes() {
        Replay known = proven;
        if (known != null) {
            return List.of(known.mode());
        }
        return bank.equals("sha1") ? List.of(ReplayMode.HASH) : Arrays.asList(ReplayMode.values());
    }

    /** Extends all of {@code replays}, which stand at the same entry, until one fits. */
    private static @Nullable Replay search(
            LogView view, List<Replay> replays, long end, Predicate<PcrLookup> quoted)
            throws IOException {
        Question question = new Question(quoted);
        long at = replays.isEmpty() ? end : replays.getFirst().entries();
        for (Replay replay : replays) {
            Replay standing = question.standing(view, replay, end);
            if (standing != null) {
                return standing;
            }
        }
        if (at >= end) {
            return null;
        }
        EntryCursor entries = view.entriesFrom(at);
        for (Entry entry = entries.next(); entry != null && at < end; entry = entries.next()) {
            at++;
            for (Replay replay : replays) {
                replay.extend(entry);
                if (question.fits(replay)) {
                    return question.overOtherPcrs(replay, entries, end);
                }
            }
        }
        return null;
    }
}
