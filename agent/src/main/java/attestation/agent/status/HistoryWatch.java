// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Has the history look at the agent every ten seconds. Start it once and stop it once, both from
 * one thread.
 */
public final class HistoryWatch {
    private static final Duration PACE = Duration.ofSeconds(10);

    private final History history;
    private final Supplier<StatusReport> reports;
    private final String started;
    private final Supplier<Optional<String>> host;
    private @Nullable Thread thread;

    /**
     * @param reports how the agent is now; asked on a thread of its own
     * @param started what to say of the start: version and boot
     * @param host what happened to the host since it was asked last; asked on the same thread
     */
    public HistoryWatch(
            History history,
            Supplier<StatusReport> reports,
            String started,
            Supplier<Optional<String>> host) {
        this.history = history;
        this.reports = reports;
        this.started = started;
        this.host = host;
    }

    /** Says that the agent was started, and looks from then on. */
    public void start() {
        history.say(Health.OK, started);
        thread = Thread.ofPlatform().daemon().name("history").start(this::run);
    }

    /** Says that the agent stops. */
    public void stop() throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            running.join(Duration.ofSeconds(5));
            history.say(Health.OK, "agent stopped");
        }
    }

    private void run() {
        try {
            while (true) {
                host.get().ifPresent(text -> history.say(Health.OK, text));
                Thread.sleep(PACE);
                history.look(reports.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
