// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import java.time.Duration;

/**
 * How long to rest between two looks at the list: longer while nothing happens, so that an idle
 * host is woken rarely. Requests do not wait for it. Not thread-safe.
 */
final class Pace {
    /** Of the shortest rest; what a look finds late is still less than a request reads at once. */
    private static final int LONGEST = 4;

    private final Duration shortest;
    private int factor = 1;

    Pace(Duration shortest) {
        this.shortest = shortest;
    }

    /**
     * The rest after a look.
     *
     * @param news whether it found anything that makes another one soon worth it
     */
    Duration after(boolean news) {
        factor = news ? 1 : Math.min(2 * factor, LONGEST);
        return shortest.multipliedBy(factor);
    }
}
