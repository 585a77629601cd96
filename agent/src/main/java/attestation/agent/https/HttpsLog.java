// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import attestation.agent.host.LineQuota;

import org.slf4j.Logger;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Writes what happens to the log: one line per request at debug (5xx at warn), one per refusal at
 * warn. Whoever can connect can cause them, so of each kind only a few lines are written for a host
 * and minute, see {@link LineQuota}. Thread-safe.
 */
public final class HttpsLog implements HttpsEvents {
    private static final int LINES_A_MINUTE = 10;

    private final Logger log;
    private final String subject;
    private final Map<Refusal.Kind, LineQuota> refusals = new EnumMap<>(Refusal.Kind.class);
    private final LineQuota failures;
    private final LineQuota bugs;

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
        for (Refusal.Kind kind : Refusal.Kind.values()) {
            refusals.put(kind, new LineQuota(LINES_A_MINUTE, nanoClock));
        }
        this.failures = new LineQuota(LINES_A_MINUTE, nanoClock);
        this.bugs = new LineQuota(LINES_A_MINUTE, nanoClock);
    }

    @Override
    public void served(
            Peer peer, String target, int status, long bytes, Duration time, Duration sending) {
        if (status >= 500) {
            failures.take(peer.address())
                    .ifPresent(
                            told ->
                                    log.warn(
                                            "request failed {}{}{}",
                                            subject,
                                            fields(peer, target, status, bytes, time),
                                            told));
        } else if (log.isDebugEnabled()) {
            log.debug("request served {}", fields(peer, target, status, bytes, time));
        }
    }

    private static String fields(Peer peer, String target, int status, long bytes, Duration time) {
        return "peer=%s target=\"%s\" status=%d bytes=%d total_ms=%d"
                .formatted(peer.address(), target, status, bytes, time.toMillis());
    }

    @Override
    public void refused(Refusal refusal) {
        quota(refusal.kind())
                .take(refusal.peer())
                .ifPresent(told -> write(refusal.kind(), fields(refusal) + told));
    }

    private LineQuota quota(Refusal.Kind kind) {
        return Objects.requireNonNull(refusals.get(kind));
    }

    private void write(Refusal.Kind kind, String fields) {
        switch (kind) {
            case CLOSED_EARLY, EVICTED -> log.debug("connection ended {}", fields);
            case BAD_REQUEST, REQUEST_TIMEOUT, SLOW_READER, DEADLINE, FAILED ->
                    log.warn("request refused {}", fields);
            default -> log.warn("connection refused {}", fields);
        }
    }

    private String fields(Refusal refusal) {
        String fields =
                subject + "peer=" + refusal.peer() + " reason=\"" + refusal.kind().words() + "\"";
        return refusal.detail().isEmpty()
                ? fields
                : fields + " detail=\"" + refusal.detail().replace('"', '\'') + "\"";
    }

    @Override
    public void failed(String target, Throwable cause) {
        bugs.take("")
                .ifPresent(
                        told ->
                                log.error(
                                        "request handler failed target=\"{}\"{}",
                                        target,
                                        told,
                                        cause));
    }
}
