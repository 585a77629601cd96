// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps events that others can provoke, such as refused peers, from pushing all else out of the
 * history: a section tells at most {@link #MOST} an hour, and with the next one how many it kept
 * back.
 *
 * <p>Confined to one thread; bounded by the number of sections.
 */
final class EventPace {
    static final int MOST = 12;
    private static final Duration SPAN = Duration.ofHours(1);

    private final Map<String, ArrayDeque<Instant>> told = new HashMap<>();
    private final Map<String, Integer> keptBack = new HashMap<>();

    /** The text to write down; empty when it is one too many. */
    Optional<String> admit(String section, String text, Instant now) {
        ArrayDeque<Instant> times = told.computeIfAbsent(section, _ -> new ArrayDeque<>());
        times.removeIf(time -> Duration.between(time, now).abs().compareTo(SPAN) >= 0);
        if (times.size() >= MOST) {
            keptBack.merge(section, 1, Integer::sum);
            return Optional.empty();
        }
        times.add(now);
        Integer others = keptBack.remove(section);
        return Optional.of(
                others == null ? text : text + " (after " + others + " events not written)");
    }
}
