// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How many log lines of one kind a client may cause: so many a minute for each host, and those
 * beyond a few hosts share what one has. Nothing is counted less by it, only written less; a line
 * tells when it is the last for a while, and the next one how many were left out. Thread-safe.
 */
public final class LineQuota {
    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MOST_HOSTS = 16;
    private static final String ALL_OTHERS = "";

    private final int lines;
    private final LongSupplier nanoClock;
    private final Map<String, Window> windows = new HashMap<>();

    /** One host's lines of the current minute. */
    private static final class Window {
        private long startNanos;
        private int written;
        private long leftOut;
    }

    /**
     * @param lines for each host and minute, at least 1
     */
    public LineQuota(int lines) {
        this(lines, System::nanoTime);
    }

    /** As {@link #LineQuota(int)}, with a clock of its own. */
    public LineQuota(int lines, LongSupplier nanoClock) {
        if (lines < 1) {
            throw new IllegalArgumentException("lines: " + lines + " (expected: >= 1)");
        }
        this.lines = lines;
        this.nanoClock = nanoClock;
    }

    /**
     * Takes one line from the quota of a peer's host.
     *
     * @param peer its address, for example {@code 192.0.2.7:40312}; empty where it is not known
     * @return what to append to the line, often nothing; empty to leave the line out
     */
    public synchronized Optional<String> take(String peer) {
        long now = nanoClock.getAsLong();
        Window window = window(hostOf(peer), now);
        if (isOver(window, now)) {
            window.startNanos = now;
            window.written = 0;
        }
        if (window.written >= lines) {
            window.leftOut++;
            return Optional.empty();
        }
        window.written++;
        String told = window.leftOut == 0 ? "" : " more_like_it=" + window.leftOut;
        window.leftOut = 0;
        return Optional.of(
                window.written < lines ? told : told + " next=\"counted only, for a minute\"");
    }

    private Window window(String host, long now) {
        Window known = windows.get(host);
        if (known != null) {
            return known;
        }
        if (windows.size() >= MOST_HOSTS) {
            forgetOld(now);
        }
        return windowOf(windows.size() < MOST_HOSTS ? host : ALL_OTHERS);
    }

    /** What those hosts were not told goes to the account that is shared. */
    private void forgetOld(long now) {
        long untold = 0;
        for (var each = windows.values().iterator(); each.hasNext(); ) {
            Window window = each.next();
            if (isOver(window, now)) {
                untold += window.leftOut;
                each.remove();
            }
        }
        if (untold > 0) {
            windowOf(ALL_OTHERS).leftOut += untold;
        }
    }

    private Window windowOf(String host) {
        return windows.computeIfAbsent(host, h -> new Window());
    }

    private static String hostOf(String peer) {
        int colon = peer.lastIndexOf(':');
        return colon < 0 ? peer : peer.substring(0, colon);
    }

    private static boolean isOver(Window window, long now) {
        return window.written == 0 || now - window.startNanos >= WINDOW_NANOS;
    }
}
