// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.https.ErrorAnswers;
import attestation.agent.https.Handler;
import attestation.agent.https.HttpLimits;
import attestation.agent.https.HttpsLog;
import attestation.agent.https.HttpsServer;
import attestation.agent.https.HttpsSettings;
import attestation.agent.https.ServerCounters;
import attestation.agent.https.TlsFiles;
import attestation.agent.https.TlsMaterial;
import attestation.agent.https.TlsMaterialException;
import attestation.agent.https.TlsProvider;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.SelfSigned;
import attestation.agent.identity.ServerIdentity;
import attestation.agent.identity.StateDirectory;
import attestation.agent.metrics.QuoteSending;
import attestation.agent.status.Latencies;
import attestation.agent.status.SectionSource;
import attestation.config.AgentConfig;
import attestation.config.HttpsLimits;
import attestation.config.HttpsSection;
import attestation.systemd.Heartbeat;
import attestation.systemd.Watchdog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The network socket: own certificate, client CAs, limits, reload. */
final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(30);
    private static final int REQUESTS_IN_FLIGHT = 64;
    private static final int STREAMS = 32;

    private final AgentConfig config;
    private HttpsSection https;
    private final StateDirectory state;
    private final Clock clock;
    private final SecureRandom random;
    private final HttpsServer server;
    private final Watchdog watchdog;
    private Optional<Heartbeat> loop = Optional.empty();
    private final Latencies sending = new Latencies();
    private boolean closed;
    private volatile Optional<ServerIdentity> identity = Optional.empty();

    Endpoint(
            AgentConfig config,
            StateDirectory state,
            Clock clock,
            SecureRandom random,
            Watchdog watchdog,
            ErrorAnswers errors) {
        this.config = config;
        this.https = config.https();
        this.state = state;
        this.clock = clock;
        this.random = random;
        this.watchdog = watchdog;
        this.server = new HttpsServer(errors);
    }

    /** Makes the certificate where there is none, and listens. Once. */
    synchronized void open(String agentId, Handler handler) throws Exception {
        Optional<TlsMaterial> material = Optional.empty();
        if (config.https().mutualTls()) {
            identity = Optional.of(loadOrCreate(agentId));
            material = Optional.of(material());
        }
        if (closed) {
            return;
        }
        int port =
                server.start(
                        settings(),
                        material,
                        handler,
                        new QuoteSending(new HttpsLog(LOG, agentId), sending));
        LOG.info("listening addresses={} port={}", server.addresses(), port);
        beat();
    }

    /** The service manager learns that the event loop turns. */
    private void beat() {
        Optional<Duration> interval = watchdog.interval();
        if (interval.isPresent()) {
            Heartbeat heartbeat = watchdog.register("https");
            loop = Optional.of(heartbeat);
            server.beat(interval.get(), heartbeat::beat);
        }
    }

    /**
     * Reads certificate, key and client CAs anew, those that {@code fresh} names; keeps the old
     * ones when they cannot be used.
     */
    synchronized void reload(HttpsSection fresh)
            throws TlsMaterialException, IOException, IdentityException {
        if (identity.isPresent() && !closed) {
            HttpsSection before = https;
            https = fresh;
            try {
                ServerIdentity next = ServerIdentity.load(keyFile(), password(), certificateFile());
                server.reload(material());
                identity = Optional.of(next);
            } catch (TlsMaterialException | IOException | IdentityException e) {
                https = before;
                throw e;
            }
        }
    }

    /** Finishes what is in flight within the configured time. */
    synchronized void close() {
        closed = true;
        loop.ifPresent(Heartbeat::close);
        server.stop(config.https().limits().stopTimeout());
    }

    /** The certificate that verifiers pin; empty where mutual TLS is off or nothing is open yet. */
    Optional<ServerIdentity> identity() {
        return identity;
    }

    /** Where it listens; empty before {@link #open}. */
    List<String> addresses() {
        return server.addresses();
    }

    /** What was served and refused. */
    ServerCounters counters() {
        return server.counters();
    }

    /** How long answers with a quote took to be sent. */
    Latencies.Snapshot sending() {
        return sending.snapshot();
    }

    SectionSource section() {
        return new attestation.agent.status.HttpsSection(server, clock);
    }

    private ServerIdentity loadOrCreate(String agentId) throws IOException, IdentityException {
        Duration validity = Duration.ofDays(config.https().identity().certificateDays());
        SelfSigned issuer = new SelfSigned(agentId, config.agent().contactIp(), validity, clock);
        return ServerIdentity.loadOrCreate(
                keyFile(), password(), certificateFile(), issuer, random);
    }

    private TlsMaterial material() throws TlsMaterialException {
        return TlsMaterial.load(
                new TlsFiles(
                        keyFile().path(),
                        password().toCharArray(),
                        certificateFile().path(),
                        https.trustedClientCa()));
    }

    private attestation.agent.identity.StateFile keyFile() {
        return state.file(https.identity().key());
    }

    private attestation.agent.identity.StateFile certificateFile() {
        return state.file(https.identity().certificate());
    }

    private String password() {
        return https.identity().keyPassword().reveal();
    }

    private HttpsSettings settings() {
        return new HttpsSettings(
                List.of(https.ip()),
                https.port(),
                https.mutualTls(),
                TlsProvider.AUTO,
                1,
                limits(https.limits()));
    }

    private static HttpLimits limits(HttpsLimits limits) {
        return new HttpLimits(
                limits.maxHeadBytes(),
                limits.headTimeout(),
                limits.maxBodyBytes(),
                BODY_TIMEOUT,
                limits.idleTimeout(),
                limits.handshakeTimeout(),
                limits.maxConnections(),
                limits.maxConnectionsPerPeer(),
                REQUESTS_IN_FLIGHT,
                STREAMS,
                limits.requestTimeout(),
                PROGRESS_TIMEOUT);
    }
}
