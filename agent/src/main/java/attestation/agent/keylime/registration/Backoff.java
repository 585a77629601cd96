// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Doubling waits with jitter, so that a thousand hosts do not come back in the same second. */
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private Duration next;

    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
        this.next = first;
    }

    /** The next wait, between half and the whole of a doubling time. */
    Duration next() {
        Duration full = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) > 0 ? longest : doubled;
        return jittered(full);
    }

    /** Begins again after a success. */
    void reset() {
        next = first;
    }

    /** Between half and the whole of it. */
    Duration jittered(Duration full) {
        long half = full.toMillis() / 2;
        return Duration.ofMillis(full.toMillis() - half + random.nextLong(half + 1));
    }
}
