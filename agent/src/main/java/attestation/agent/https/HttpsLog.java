// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.slf4j.Logger;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Writes what happens to the log: one line per request at debug (5xx at warn), one per refusal at
 * warn. Refusals are what strangers can cause, so of each kind only a few lines are written per
 * minute; the next line then says how many were left out. Thread-safe.
 */
public final class HttpsLog implements HttpsEvents {
    private static final int LINES_PER_WINDOW = 10;
    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final String subject;
    private final LongSupplier nanoClock;
    private final Map<Refusal.Kind, Window> windows = new EnumMap<>(Refusal.Kind.class);

    /** Lines of one kind in the current minute. */
    private static final class Window {
        private long startNanos;
        private int lines;
        private long leftOut;
    }

    public HttpsLog(Logger log) {
        this(log, "", System::nanoTime);
    }

    /** One whose warnings name the agent that they are about. */
    public HttpsLog(Logger log, String agentId) {
        this(log, "agent=" + agentId + " ", System::nanoTime);
    }

    /**
     * @param subject what warnings begin with, ending in a blank, or empty
     */
    HttpsLog(Logger log, String subject, LongSupplier nanoClock) {
        this.log = log;
        this.subject = subject;
        this.nanoClock = nanoClock;
    }

    @Override
    public void served(
            Peer peer, String target, int status, long bytes, Duration time, Duration sending) {
        if (status >= 500) {
            log.warn(
                    "request failed {}peer={} target=\"{}\" status={} bytes={} total_ms={}",
                    subject,
                    peer.address(),
                    target,
                    status,
                    bytes,
                    time.toMillis());
        } else {
            log.debug(
                    "request served peer={} target=\"{}\" status={} bytes={} total_ms={}",
                    peer.address(),
                    target,
                    status,
                    bytes,
                    time.toMillis());
        }
    }

    @Override
    public void refused(Refusal refusal) {
        long leftOut = leftOut(refusal.kind());
        if (leftOut < 0) {
            return;
        }
        switch (refusal.kind()) {
            case CLOSED_EARLY, EVICTED ->
                    log.debug("connection ended {}", fields(refusal, leftOut));
            case BAD_REQUEST, REQUEST_TIMEOUT, SLOW_READER, DEADLINE, FAILED ->
                    log.warn("request refused {}", fields(refusal, leftOut));
            default -> log.warn("connection refused {}", fields(refusal, leftOut));
        }
    }

    private String fields(Refusal refusal, long leftOut) {
        String fields =
                subject + "peer=" + refusal.peer() + " reason=\"" + refusal.kind().words() + "\"";
        if (!refusal.detail().isEmpty()) {
            fields += " detail=\"" + refusal.detail().replace('"', '\'') + "\"";
        }
        return leftOut == 0 ? fields : fields + " more_like_it=" + leftOut;
    }

    /** How many lines were left out before this one; -1 to leave this one out as well. */
    private synchronized long leftOut(Refusal.Kind kind) {
        Window window = windows.computeIfAbsent(kind, k -> new Window());
        long now = nanoClock.getAsLong();
        if (window.lines == 0 || now - window.startNanos >= WINDOW_NANOS) {
            window.startNanos = now;
            window.lines = 0;
        }
        if (window.lines >= LINES_PER_WINDOW) {
            window.leftOut++;
            return -1;
        }
        window.lines++;
        long before = window.leftOut;
        window.leftOut = 0;
        return before;
    }

    @Override
    public void failed(String target, Throwable cause) {
        log.error("request handler failed target=\"{}\"", target, cause);
    }
}
