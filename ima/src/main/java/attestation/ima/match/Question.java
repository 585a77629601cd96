// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import attestation.ima.Entry;
import attestation.ima.Replay;
import attestation.ima.follow.EntryCursor;
import attestation.ima.follow.LogView;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.function.Predicate;

/**
 * Asks whether a replay stands at the quoted values, and notes which PCRs that took: entries of all
 * others change nothing of it. Confined to one thread.
 */
final class Question {
    private final Predicate<PcrLookup> quoted;
    private long asked;

    Question(Predicate<PcrLookup> quoted) {
        this.quoted = quoted;
    }

    boolean fits(Replay replay) {
        asked = 0;
        return quoted.test(
                pcr -> {
                    asked |= 1L << pcr;
                    return replay.peek(pcr);
                });
    }

    /** The replay, gone on over entries of other PCRs, when it fits where it stands; else null. */
    @Nullable Replay standing(LogView view, Replay replay, long end) throws IOException {
        if (!fits(replay)) {
            return null;
        }
        return replay.entries() < end
                ? overOtherPcrs(replay, view.entriesFrom(replay.entries()), end)
                : replay;
    }

    /**
     * Goes on from a replay that has just been found to fit, over the entries it still fits behind:
     * those of other PCRs, which a quote of PCR 10 cannot cover any other way. The empty prefix
     * stays empty; it fits PCRs that nothing was ever extended into.
     *
     * @param following the entries behind {@code fitting}
     * @param end go no further than this entry
     */
    Replay overOtherPcrs(Replay fitting, EntryCursor following, long end) throws IOException {
        while (fitting.entries() > 0 && fitting.entries() < end) {
            Entry next = following.next();
            if (next == null || (asked >>> next.pcr() & 1) != 0) {
                break;
            }
            fitting.extend(next);
        }
        return fitting;
    }
}
