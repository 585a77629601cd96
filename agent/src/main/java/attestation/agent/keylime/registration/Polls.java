// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.https.Peer;
import attestation.agent.keylime.wire.Shown;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Who asks for quotes, since when, and whether it has fallen silent. Thread-safe. */
public final class Polls {
    private static final Duration LEAST_SILENCE = Duration.ofMinutes(2);
    private static final int MISSED_POLLS = 5;

    /**
     * The newest poll.
     *
     * @param who client certificate's subject and address
     * @param interval time since the poll before, zero for the first
     */
    public record Poll(String who, Instant at, Duration interval, long count) {}

    private final Clock clock;
    private final AtomicReference<Optional<Poll>> last = new AtomicReference<>(Optional.empty());

    public Polls(Clock clock) {
        this.clock = clock;
    }

    /** A verifier got a quote. */
    public void polled(Peer peer) {
        String who = name(peer);
        Instant now = clock.instant();
        last.updateAndGet(before -> Optional.of(after(before, who, now)));
    }

    private static Poll after(Optional<Poll> before, String who, Instant now) {
        return before.map(b -> new Poll(who, now, Duration.between(b.at(), now), b.count() + 1))
                .orElseGet(() -> new Poll(who, now, Duration.ZERO, 1));
    }

    private static String name(Peer peer) {
        String subject =
                peer.certificate()
                        .map(c -> Shown.text(c.getSubjectX500Principal().getName()))
                        .orElse("no certificate");
        return "%s at %s".formatted(subject, peer.address());
    }

    /** The newest one; empty when nobody has asked since the start. */
    public Optional<Poll> last() {
        return last.get();
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
