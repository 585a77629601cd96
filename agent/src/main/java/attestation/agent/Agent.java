// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.evidence.EvidenceService;
import attestation.agent.evidence.EvidenceSettings;
import attestation.agent.evidence.TpmSection;
import attestation.agent.identity.StateDirectory;
import attestation.agent.keylime.KeylimeApi;
import attestation.agent.metrics.Exporter;
import attestation.agent.metrics.MetricsSources;
import attestation.agent.status.SectionSource;
import attestation.config.AgentConfig;
import attestation.config.HttpsSection;
import attestation.config.ImaSection;
import attestation.config.value.Secret;
import attestation.ima.follow.ImaPaths;
import attestation.ima.follow.KeepOpen;
import attestation.systemd.Notifier;
import attestation.systemd.Watchdog;
import attestation.tpm.Auth;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.Tpm;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmSettings;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The daemon's parts, put together from one configuration. */
final class Agent {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private HttpsSection https;
    private final Notifier notifier;
    private final Clock clock = Clock.systemUTC();
    private final List<SectionSource> sections = new ArrayList<>();
    private final Endpoint endpoint;
    private final HostService host;
    private final Supervisor supervisor;

    Agent(AgentConfig config, String version, Notifier notifier, Watchdog watchdog) {
        this.https = config.https();
        this.notifier = notifier;
        StateDirectory state = new StateDirectory(config.agent().stateDir(), clock);
        Tpm tpm = Tpm.prepare(tpmSettings(config));
        EvidenceService evidence =
                new EvidenceService(
                        evidenceSettings(config),
                        tpm,
                        bank(config),
                        clock,
                        watchdog.register("log"),
                        (thread, cause) -> fail(cause));
        SecureRandom random = new SecureRandom();
        this.endpoint = new Endpoint(config, state, clock, random, watchdog, KeylimeApi.errors());
        this.host =
                new HostService(config, state, tpm, evidence, endpoint, clock, random, this::fail);
        sections.add(host);
        sections.addAll(evidence.sections());
        sections.add(new TpmSection(tpm));
        sections.add(endpoint.section());
        sections.addAll(host.sections());
        Exporter metrics = new Exporter(metricsOf(evidence, tpm));
        this.supervisor =
                new Supervisor(
                        List.of(
                                new StatusSide(
                                        config,
                                        version,
                                        evidence.bootId(),
                                        sections,
                                        metrics,
                                        clock),
                                new Part("tpm", tpm::start, tpm::close),
                                new Part("list", evidence::start, evidence::stop),
                                host));
    }

    /** Serves until it is told to stop. */
    void run() throws Exception {
        supervisor.run(
                () -> {
                    notifier.ready(host.summary());
                    System.gc();
                },
                () -> notifier.stopping("stopping"));
    }

    /** Ends {@link #run} in order; from any thread. */
    void stop() {
        supervisor.stop();
        host.hurry();
    }

    private void fail(Throwable cause) {
        supervisor.fail(cause);
    }

    /** Where the network socket listens; empty while it does not. */
    List<String> addresses() {
        return endpoint.addresses();
    }

    /** Takes certificates and client CAs anew, the configuration as it was; from any thread. */
    synchronized void reload() {
        reload(https);
    }

    /** Takes certificates, client CAs and the allow-list anew; from any thread. */
    synchronized void reload(HttpsSection fresh) {
        notifier.reloading();
        try {
            host.reload(fresh);
            https = fresh;
            LOG.info("reloaded certificates");
        } catch (Exception e) {
            LOG.error(
                    "reload failed, the former certificates and rights stay reason=\"{}\"",
                    e.getMessage());
        }
        notifier.ready(host.summary());
    }

    /** A service of two actions. */
    private record Part(String name, Action starting, Action stopping) implements Service {
        interface Action {
            void run() throws Exception;
        }

        @Override
        public void start() throws Exception {
            starting.run();
        }

        @Override
        public void stop() throws Exception {
            stopping.run();
        }
    }

    private MetricsSources metricsOf(EvidenceService evidence, Tpm tpm) {
        return new MetricsSources(
                evidence::quotes,
                endpoint::sending,
                evidence::list,
                tpm::snapshot,
                endpoint::counters,
                host.keylime()::lastPoll,
                () -> endpoint.identity().map(own -> own.certificate().getNotAfter().toInstant()),
                host.keylime()::registered);
    }

    private static TpmSettings tpmSettings(AgentConfig config) {
        String tcti = config.tpm().tcti();
        TpmAddress address = tcti.isEmpty() ? TpmAddress.defaultAddress() : TpmAddress.parse(tcti);
        return TpmSettings.of(address)
                .withAuth(
                        auth(config.tpm().endorsementPassword()),
                        auth(config.tpm().ownerPassword()))
                .withQueueLimit(config.tpm().queueLimit())
                .withSessionNotes(config.agent().stateDir().resolve(StateDirectory.TPM_SESSIONS))
                .withCommandTimeout(config.tpm().commandTimeout());
    }

    private static Optional<Auth> auth(Secret password) {
        return password.isEmpty() ? Optional.empty() : Optional.of(Auth.parse(password.reveal()));
    }

    private static HashAlgorithm bank(AgentConfig config) {
        return HashAlgorithm.ofKeylimeName(config.tpm().hashAlg()).orElseThrow();
    }

    private static EvidenceSettings evidenceSettings(AgentConfig config) {
        ImaSection ima = config.ima();
        Path list = ima.list().orElseGet(() -> ImaPaths.ofHost().ascii());
        return new EvidenceSettings(
                list,
                ima.count().or(() -> ImaPaths.countBeside(list)),
                ima.bootLog(),
                KeepOpen.valueOf(ima.keepOpen().name()),
                config.agent().stateDir(),
                (long) ima.spoolCapMib() << 20,
                ima.poll());
    }
}
