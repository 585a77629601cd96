// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.Replay;
import attestation.ima.ReplayMode;
import attestation.ima.follow.EntryCursor;
import attestation.ima.follow.LogView;

import java.io.IOException;
import java.util.Optional;

/**
 * A value that PCR 10 had when between {@code from} and {@code to} entries were listed. Where no
 * prefix of the list gives the quoted value, the entries since still lead from this one to it: so a
 * quote of a PCR that changes fast can be answered on a host whose list can never match.
 *
 * <p>Immutable.
 *
 * @param incarnation of the list
 * @param value of PCR 10
 * @param from first entry that the value may not cover
 * @param to the last such entry; the value covers those before the right one of them
 */
record Anchor(long incarnation, byte[] value, long from, long to) {
    /** So many extends are computed at most for one quote: a tenth of a second. */
    private static final long MOST_EXTENDS = 60_000;

    /**
     * Goes on from here until the quote fits.
     *
     * @return the anchor that the quoted value is; empty when the entries do not lead to it
     */
    Optional<Anchor> reach(LogView view, String bank, HashAlgorithms hashes, Composite quoted)
            throws IOException {
        long starts = to - from + 1;
        boolean near = view.entries() >= from && (view.entries() - from) * starts <= MOST_EXTENDS;
        if (view.incarnation() != incarnation || !near) {
            return Optional.empty();
        }
        for (ReplayMode mode : ReplayMode.values()) {
            for (long start = from; start <= Math.min(to, view.entries()); start++) {
                Replay replay = new Replay(bank, mode, hashes);
                Optional<Anchor> reached = reach(view, start, replay, quoted);
                if (reached.isPresent()) {
                    return reached;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Anchor> reach(LogView view, long start, Replay replay, Composite quoted)
            throws IOException {
        replay.startFrom(EvidenceRequest.IMA_PCR, value);
        EntryCursor entries = view.entriesFrom(start);
        while (!quoted.matches(replay::peek, ListPcrs.IMA)) {
            Entry next = entries.next();
            if (next == null) {
                return Optional.empty();
            }
            replay.extend(next);
        }
        long at = start + replay.entries();
        byte[] reached = replay.value(EvidenceRequest.IMA_PCR);
        return Optional.of(new Anchor(incarnation, reached, at, at));
    }
}
