// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import attestation.agent.https.Answer;
import attestation.agent.https.Exchange;
import attestation.agent.https.HttpLimits;
import attestation.agent.https.HttpsEvents;
import attestation.agent.https.UnixHttpServer;
import attestation.agent.https.Untrusted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells how the agent fares, over HTTP/1.1 on a unix socket: {@code /status} (JSON), {@code
 * /health} (the same head in JSON, 200 unless the verdict is failing, then 503), {@code /history}
 * (what changed and when) and {@code /metrics} (Prometheus). It changes nothing; the socket's mode
 * decides who may ask.
 *
 * <p>Start it once and stop it once, both from one thread; sources are asked on request threads.
 */
public final class StatusServer {
    private static final HttpLimits LIMITS =
            new HttpLimits(
                    8 * 1024,
                    Duration.ofSeconds(5),
                    0,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    32,
                    32,
                    4,
                    4,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10));

    private final StatusSettings settings;
    private final List<SectionSource> sources;
    private final HttpsEvents events;
    private final Clock clock;
    private final Optional<History> history;
    private final Optional<MetricsPage> metrics;
    private final Instant since;
    private final SocketFile file;
    private final UnixHttpServer server;
    private volatile Optional<String> warning = Optional.empty();

    /**
     * @param sources in the order to show
     * @param events for the log
     */
    public StatusServer(
            StatusSettings settings, List<SectionSource> sources, HttpsEvents events, Clock clock) {
        this(settings, sources, events, clock, Optional.empty(), Optional.empty());
    }

    /**
     * The same with what happened earlier, and numbers.
     *
     * @param history what {@code /history} tells (JSON, an object a line); 404 without
     * @param metrics what {@code /metrics} tells; 404 without
     */
    public StatusServer(
            StatusSettings settings,
            List<SectionSource> sources,
            HttpsEvents events,
            Clock clock,
            Optional<History> history,
            Optional<MetricsPage> metrics) {
        this.history = history;
        this.metrics = metrics;
        this.settings = settings;
        this.sources = List.copyOf(sources);
        this.events = events;
        this.clock = clock;
        this.since = clock.instant();
        this.file = new SocketFile(settings.socket());
        this.server = new UnixHttpServer((status, reason) -> json(status, error(status, reason)));
    }

    /**
     * Makes the socket and serves from then on.
     *
     * @throws SecondInstanceException when another agent serves it
     * @throws IOException when it cannot be made, with what to do
     */
    public void start() throws IOException {
        file.claim();
        try {
            server.start(file.temporary(), LIMITS, this::answer, events);
            warning = file.publish(settings.mode(), settings.group());
        } catch (IOException | RuntimeException e) {
            try {
                stop();
            } catch (UncheckedIOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** Stops serving and removes the socket file. */
    public void stop() {
        server.stop(Duration.ofMillis(500));
        try {
            file.release();
        } catch (IOException e) {
            throw new UncheckedIOException("status socket cannot be removed", e);
        }
    }

    /** What the socket would tell now. */
    public StatusReport report() {
        List<SectionSource> all = new ArrayList<>(sources);
        warning.ifPresent(reason -> all.add(() -> section(reason)));
        return StatusReport.collect(
                settings.version(), ProcessHandle.current().pid(), since, clock.instant(), all);
    }

    private Section section(String reason) {
        return new Section(
                "status_socket",
                "Status socket",
                Health.DEGRADED,
                reason,
                "create the group (systemd-sysusers), or name another one, and restart",
                List.of(new Section.Field("path", "path", settings.socket().toString())));
    }

    private Answer answer(Exchange exchange) {
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            return error405();
        }
        return switch (exchange.path()) {
            case "/status" -> json(200, StatusJson.write(report()));
            case "/health" -> health(report());
            case "/metrics" ->
                    metrics.map(page -> page.answer(report(), exchange.header("accept")))
                            .orElseGet(StatusServer::error404);
            case "/history" -> history.map(StatusServer::history).orElseGet(StatusServer::error404);
            default -> error404();
        };
    }

    private static Answer history(History history) {
        try {
            return json(200, HistoryJson.write(history.entries()));
        } catch (IOException e) {
            return json(500, error(500, Untrusted.show("history: " + e.getMessage(), 200)));
        }
    }

    private static Answer error404() {
        return json(404, error(404, "expected: /status, /health, /history or /metrics"));
    }

    private static Answer error405() {
        Map<String, String> headers =
                Map.of("content-type", "application/json", "allow", "GET, HEAD");
        return new Answer.Whole(405, headers, error(405, "expected: GET"));
    }

    private static Answer health(StatusReport report) {
        StatusReport head =
                new StatusReport(
                        report.version(),
                        report.pid(),
                        report.since(),
                        report.at(),
                        report.verdict(),
                        report.reason(),
                        report.next(),
                        List.of());
        return json(report.verdict() == Health.FAILING ? 503 : 200, StatusJson.write(head));
    }

    private static Answer.Whole json(int status, byte[] body) {
        return new Answer.Whole(status, Map.of("content-type", "application/json"), body);
    }

    /** The reason is already printable ASCII; only what JSON minds is left. */
    private static byte[] error(int status, String reason) {
        String text = reason.replace("\\", "\\\\").replace("\"", "\\\"");
        return ("{\"code\":" + status + ",\"status\":\"" + text + "\"}\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
