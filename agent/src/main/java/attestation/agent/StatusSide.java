// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.https.HttpsLog;
import attestation.agent.integrity.PolicyLoads;
import attestation.agent.metrics.MetricsServer;
import attestation.agent.status.History;
import attestation.agent.status.HistoryWatch;
import attestation.agent.status.MetricsPage;
import attestation.agent.status.SectionSource;
import attestation.agent.status.StatusServer;
import attestation.agent.status.StatusSettings;
import attestation.config.AgentConfig;

import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this host is told of itself: the status socket, the history, the metrics' address. */
final class StatusSide implements Service {
    private final StatusServer server;
    private final HistoryWatch watch;
    private final Optional<MetricsServer> metrics;

    /**
     * @param bootId the kernel's name of this boot
     * @param sections in the order to show
     * @param page the numbers, for both ways to them
     */
    StatusSide(
            AgentConfig config,
            String version,
            String bootId,
            List<SectionSource> sections,
            MetricsPage page,
            Clock clock) {
        this.metrics = metrics(config, page);
        List<SectionSource> all = new ArrayList<>(sections);
        metrics.ifPresent(all::add);
        History history = new History(config.agent().stateDir().resolve("history"), clock);
        this.server =
                new StatusServer(
                        new StatusSettings(
                                config.status().socket(),
                                config.status().mode(),
                                config.status().group(),
                                version),
                        all,
                        new HttpsLog(LoggerFactory.getLogger("attestation.agent.socket")),
                        clock,
                        Optional.of(history),
                        Optional.of(page));
        String boot = bootId.replace("-", ""); // as journalctl --list-boots writes it
        this.watch =
                new HistoryWatch(
                        history,
                        server::report,
                        "agent " + version + " started, boot " + boot,
                        new PolicyLoads(PolicyLoads.FOLDER));
    }

    private static Optional<MetricsServer> metrics(AgentConfig config, MetricsPage page) {
        return config.metrics().enabled()
                ? Optional.of(
                        new MetricsServer(
                                config.metrics().ip(),
                                config.metrics().port(),
                                page,
                                new HttpsLog(LoggerFactory.getLogger(MetricsServer.class))))
                : Optional.empty();
    }

    @Override
    public String name() {
        return "status";
    }

    @Override
    public void start() throws Exception {
        server.start();
        watch.start();
        metrics.ifPresent(address -> address.start(server::report));
    }

    @Override
    public void stop() throws Exception {
        metrics.ifPresent(MetricsServer::stop);
        watch.stop();
        server.stop();
    }
}
