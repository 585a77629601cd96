// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers what changed and when, across restarts: starts and stops of the agent, and each
 * section's way from one state to another.
 *
 * <p>A state counts once it was seen twice in a row, so that the moments of a start are not written
 * down. Thread-safe. A disk that is full is said once and costs nothing but history.
 */
public final class History {
    private static final Logger LOG = LoggerFactory.getLogger(History.class);

    /** Fields that tell of something that happened, beside the state. */
    private static final List<String> TELLING =
            List.of("last_event", "last_failure", "last_refused_peer");

    /** How a section was. */
    private record State(Health health, String reason, String next, String told) {
        static State of(Section section) {
            String told =
                    section.fields().stream()
                            .filter(field -> TELLING.contains(field.key()))
                            .map(field -> String.valueOf(field.value()))
                            .reduce("", (a, b) -> a.isEmpty() ? b : a);
            return new State(section.health(), section.reason(), section.next(), told);
        }
    }

    private final HistoryFile file;
    private final InstantSource clock;
    private final Map<String, State> written = new HashMap<>();
    private final Map<String, State> seen = new HashMap<>();
    private final EventPace pace = new EventPace();
    private boolean failed;

    public History(Path file, InstantSource clock) {
        this.file = new HistoryFile(file);
        this.clock = clock;
    }

    /** The agent itself has something to say. */
    public synchronized void say(Health health, String text) {
        write(HistoryEntry.of(clock.instant(), "agent", health, text, ""));
    }

    /** Writes down what is not as it was. */
    public synchronized void look(StatusReport report) {
        for (Section section : report.sections()) {
            State now = State.of(section);
            State before = seen.put(section.name(), now);
            State last = written.get(section.name());
            if (now.equals(before) && !now.equals(last)) {
                written.put(section.name(), now);
                note(section.name(), last, now);
            }
        }
    }

    /**
     * Oldest first, from earlier runs too.
     *
     * @throws IOException when the file cannot be read
     */
    public synchronized List<HistoryEntry> entries() throws IOException {
        return file.read();
    }

    private void note(String section, @Nullable State last, State now) {
        boolean otherHealth =
                last == null
                        ? now.health() != Health.OK
                        : now.health() != last.health() || !now.reason().equals(last.reason());
        if (otherHealth) {
            String text = now.health() == Health.OK ? "well again" : now.reason();
            write(HistoryEntry.of(clock.instant(), section, now.health(), text, now.next()));
        }
        if (!now.told().isEmpty() && (last == null || !now.told().equals(last.told()))) {
            tell(section, now);
        }
    }

    private void tell(String section, State now) {
        Instant at = clock.instant();
        pace.admit(section, now.told(), at)
                .ifPresent(text -> write(HistoryEntry.of(at, section, now.health(), text, "")));
    }

    private void write(HistoryEntry entry) {
        try {
            file.append(entry);
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                LOG.warn("history is not kept reason={}", e.toString());
            }
            failed = true;
        }
    }
}
