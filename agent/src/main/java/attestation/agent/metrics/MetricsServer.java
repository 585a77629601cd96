// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import attestation.agent.https.Answer;
import attestation.agent.https.Exchange;
import attestation.agent.https.HttpLimits;
import attestation.agent.https.HttpsEvents;
import attestation.agent.https.HttpsServer;
import attestation.agent.https.HttpsSettings;
import attestation.agent.https.ListenException;
import attestation.agent.https.TlsMaterialException;
import attestation.agent.https.TlsProvider;
import attestation.agent.status.Health;
import attestation.agent.status.MetricsPage;
import attestation.agent.status.Section;
import attestation.agent.status.SectionBuilder;
import attestation.agent.status.SectionSource;
import attestation.agent.status.StatusReport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Serves {@code /metrics}, and nothing else, in plain HTTP on a TCP address, for a Prometheus that
 * cannot reach the unix socket. An address that is taken costs the numbers there, not the
 * attestation: the agent goes on and {@code status} says so.
 *
 * <p>Start it once and stop it once, both from one thread.
 */
public final class MetricsServer implements SectionSource {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final String NEXT =
            "free that address or set metrics.ip and metrics.port, then restart the agent";

    private static final HttpLimits LIMITS =
            new HttpLimits(
                    8 * 1024,
                    Duration.ofSeconds(5),
                    0,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(120),
                    Duration.ofSeconds(5),
                    16,
                    8,
                    2,
                    2,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10));

    private final HttpsSettings settings;
    private final MetricsPage page;
    private final HttpsEvents events;
    private final HttpsServer server;
    private volatile Optional<String> trouble = Optional.empty();

    /**
     * @param ip address or host name to listen on
     * @param port 0 for any free one
     * @param page what is served
     * @param events for the log
     */
    public MetricsServer(String ip, int port, MetricsPage page, HttpsEvents events) {
        this.settings = new HttpsSettings(List.of(ip), port, false, TlsProvider.AUTO, 1, LIMITS);
        this.page = page;
        this.events = events;
        this.server = new HttpsServer(MetricsServer::text);
    }

    /**
     * Listens from then on, where the system allows it.
     *
     * @param report of the moment, for the page
     */
    public void start(Supplier<StatusReport> report) {
        try {
            server.start(settings, Optional.empty(), exchange -> answer(exchange, report), events);
            LOG.info("metrics on addresses={}", server.addresses());
        } catch (ListenException | TlsMaterialException e) {
            trouble = Optional.of("metrics: " + e.getMessage());
            LOG.error("{} next=\"{}\"", trouble.get(), NEXT);
        }
    }

    public void stop() {
        server.stop(Duration.ofMillis(500));
    }

    /** Where it listens. */
    public List<String> addresses() {
        return server.addresses();
    }

    @Override
    public Section section() {
        SectionBuilder section = new SectionBuilder("metrics", "metrics");
        section.field("addresses", "addresses", server.addresses());
        trouble.ifPresent(why -> section.report(Health.DEGRADED, why, NEXT));
        return section.build();
    }

    private Answer answer(Exchange exchange, Supplier<StatusReport> report) {
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            return text(405, "expected: GET");
        }
        return exchange.path().equals("/metrics")
                ? page.answer(report.get(), exchange.header("accept"))
                : text(404, "expected: /metrics");
    }

    private static Answer.Whole text(int status, String words) {
        byte[] body = (words + "\n").getBytes(StandardCharsets.UTF_8);
        return new Answer.Whole(status, Map.of("content-type", "text/plain; charset=utf-8"), body);
    }
}
