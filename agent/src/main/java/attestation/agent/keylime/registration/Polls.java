// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.https.Peer;
import attestation.agent.keylime.wire.Shown;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Who asks for quotes, since when, and whether it has fallen silent. Thread-safe. */
public final class Polls {
    private static final Duration LEAST_SILENCE = Duration.ofMinutes(2);
    private static final int MISSED_POLLS = 5;
    private static final int KEPT = 5;

    /**
     * One poll.
     *
     * @param who client certificate's subject and address
     * @param took until the answer was ready to be sent
     * @param bytes of the answer's body
     * @param interval time since the poll before, zero for the first
     * @param count of all polls up to this one
     */
    public record Poll(
            String who, Instant at, Duration took, long bytes, Duration interval, long count) {}

    private final Clock clock;
    private final Deque<Poll> newest = new ArrayDeque<>();

    public Polls(Clock clock) {
        this.clock = clock;
    }

    /** A verifier got a quote, in this time, with so many bytes beside it. */
    public synchronized void polled(Peer peer, Duration took, long bytes) {
        Instant now = clock.instant();
        Poll before = newest.peekFirst();
        Duration interval = before == null ? Duration.ZERO : Duration.between(before.at(), now);
        long count = before == null ? 1 : before.count() + 1;
        newest.addFirst(new Poll(name(peer), now, took, bytes, interval, count));
        if (newest.size() > KEPT) {
            newest.removeLast();
        }
    }

    private static String name(Peer peer) {
        String subject =
                peer.certificate()
                        .map(c -> Shown.text(c.getSubjectX500Principal().getName()))
                        .orElse("no certificate");
        return "%s at %s".formatted(subject, peer.address());
    }

    /** The newest one; empty when nobody has asked since the start. */
    public synchronized Optional<Poll> last() {
        return Optional.ofNullable(newest.peekFirst());
    }

    /** The newest few, newest first. */
    public synchronized List<Poll> newest() {
        return List.copyOf(newest);
    }

    /** How long nobody has asked, if that is much longer than between the last two polls. */
    public Optional<Duration> silence() {
        return last().flatMap(this::silence);
    }

    private Optional<Duration> silence(Poll poll) {
        Duration since = Duration.between(poll.at(), clock.instant());
        Duration missed = poll.interval().multipliedBy(MISSED_POLLS);
        Duration patience = missed.compareTo(LEAST_SILENCE) > 0 ? missed : LEAST_SILENCE;
        return Optional.of(since).filter(s -> s.compareTo(patience) > 0);
    }
}
