// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Feeds the service manager's watchdog ({@code WatchdogSec=}) while every registered loop makes
 * progress, and only then: a slow TPM or a registrar that is away never fires it, a loop of ours
 * that hangs does. A loop stalls when it was silent for a whole watchdog period without waiting on
 * something external; the manager then acts at the latest two periods after the last progress.
 *
 * <p>One thread, awake once per half period; four times as often only while a loop stalls, so that
 * one that recovers is not restarted for nothing. Where WATCHDOG_USEC or NOTIFY_SOCKET is absent or
 * WATCHDOG_PID is another, there is no thread and nothing is sent. Any thread.
 */
public final class Watchdog implements AutoCloseable {

    private static final int RECHECKS_PER_INTERVAL = 4;

    private final Notifier notifier;
    private final LongSupplier nanos;
    private final Consumer<Stall> onStall;
    private final long periodNanos;
    private final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
    private boolean stalled;
    private volatile boolean closed;
    private @Nullable Thread thread;

    /**
     * Over a given environment and clock; not started.
     *
     * @param environment where WATCHDOG_USEC and WATCHDOG_PID may be
     * @param pid of this process
     * @param nanos a monotonic clock
     * @param onStall told once per stall which loop is to blame, on the watchdog's thread
     */
    public Watchdog(
            Map<String, String> environment,
            long pid,
            Notifier notifier,
            LongSupplier nanos,
            Consumer<Stall> onStall) {
        this.notifier = notifier;
        this.nanos = nanos;
        this.onStall = onStall;
        this.periodNanos = notifier.isActive() ? periodNanos(environment, pid) : 0;
    }

    /** Over this process's environment; started. */
    public static Watchdog fromEnvironment(Notifier notifier, Consumer<Stall> onStall) {
        long pid = ProcessHandle.current().pid();
        Watchdog watchdog = new Watchdog(System.getenv(), pid, notifier, System::nanoTime, onStall);
        watchdog.start();
        return watchdog;
    }

    /** Half the manager's period; empty where it does not watch us. */
    public Optional<Duration> interval() {
        return periodNanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(periodNanos / 2));
    }

    /** A loop that is watched from now on, its registration being its first beat. */
    public Heartbeat register(String loop) {
        Heartbeat heartbeat = new Heartbeat(loop, nanos, this);
        heartbeats.add(heartbeat);
        return heartbeat;
    }

    /** Feeds from now on, where the manager watches us. */
    public synchronized void start() {
        if (periodNanos > 0 && thread == null) {
            thread = Thread.ofPlatform().daemon().name("watchdog").start(this::run);
        }
    }

    /** Feeds no more; the manager acts unless the process ends within its period. */
    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    void unregister(Heartbeat heartbeat) {
        heartbeats.remove(heartbeat);
    }

    /**
     * Feeds if all loops make progress.
     *
     * @return nanoseconds until the next check is due
     */
    long check() {
        long now = nanos.getAsLong();
        Optional<Heartbeat> worst =
                heartbeats.stream()
                        .max(Comparator.comparingLong(heartbeat -> heartbeat.silentNanos(now)))
                        .filter(heartbeat -> heartbeat.silentNanos(now) > periodNanos);
        if (worst.isEmpty()) {
            stalled = false;
            notifier.watchdog();
            return periodNanos / 2;
        }
        if (!stalled) {
            stalled = true;
            Duration silence = Duration.ofNanos(worst.get().silentNanos(now));
            onStall.accept(new Stall(worst.get().loop(), silence));
        }
        return periodNanos / 2 / RECHECKS_PER_INTERVAL;
    }

    private void run() {
        while (!closed) {
            sleepUntil(nanos.getAsLong() + check());
        }
    }

    private void sleepUntil(long end) {
        long left = end - nanos.getAsLong();
        while (!closed && left > 0) {
            LockSupport.parkNanos(left);
            left = end - nanos.getAsLong();
        }
    }

    /** As {@code sd_watchdog_enabled(3)}: what is not a number or not for us means no watchdog. */
    private static long periodNanos(Map<String, String> environment, long pid) {
        long watched = number(environment.get("WATCHDOG_PID"), pid);
        long micros = number(environment.get("WATCHDOG_USEC"), 0);
        boolean ours = watched == pid && micros > 0 && micros <= Long.MAX_VALUE / 1000;
        return ours ? micros * 1000 : 0;
    }

    private static long number(@Nullable String text, long absent) {
        if (text == null) {
            return absent;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
