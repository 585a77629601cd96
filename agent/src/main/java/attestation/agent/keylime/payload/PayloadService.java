// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.host.LineQuota;
import attestation.agent.keylime.wire.Shown;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.Optional;

/**
 * Owns what happens after keys and revocation messages have come in: payloads and actions, each on
 * a worker of its own. Thread-safe; no method waits for a script.
 */
public final class PayloadService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PayloadService.class);
    private static final int LONGEST_KEY_BYTES = 32;
    private static final int LINES_A_MINUTE = 10;

    private final PayloadSettings settings;
    private final LineQuota ignored = new LineQuota(LINES_A_MINUTE);
    private final BootstrapKeys keys;
    private final Deployment deployment;
    private final Revocations revocations;
    private final Worker payloadWorker = new Worker("payload");
    private final Worker revocationWorker = new Worker("revocation");

    public PayloadService(PayloadSettings settings) {
        this.settings = settings;
        this.keys = new BootstrapKeys(settings.agentId(), this::found);
        ProgramRunner runner = runner(settings);
        this.deployment = new Deployment(settings, runner);
        this.revocations = new Revocations(settings, runner);
        if (settings.enabled()) {
            restoreKey();
        } else {
            LOG.warn(
                    "mTLS disabled, payloads cannot be deployed option=enable_insecure_payload value=false");
        }
    }

    private static ProgramRunner runner(PayloadSettings settings) {
        if (settings.scriptSocket().isPresent()) {
            return new UnitRunner(settings.scriptSocket().get(), settings.secureDirectory());
        }
        ChildRunner children = new ChildRunner(System.getenv().getOrDefault("PATH", "/usr/bin"));
        if (settings.enabled() && !children.allowed()) {
            LOG.warn(
                    "payload scripts and actions will not run reason=\"the unit lets the agent start no program\" expected=\"its drop-in payload-scripts.conf, see agent(8)\"");
        }
        return children;
    }

    public BootstrapKeys keys() {
        return keys;
    }

    /** Takes a revocation message to be handled later, unless it is seen to be forged. */
    public void revocation(String message, String signature) {
        if (!settings.enabled()) {
            ignored.take("")
                    .ifPresent(
                            told ->
                                    LOG.warn(
                                            "revocation message ignored reason=\"mTLS disabled\"{}",
                                            told));
            return;
        }
        var received = new Revocations.Message(message, signature);
        if (!revocations.refusesAtOnce(received)) {
            revocationWorker.submit(() -> revocations.take(received));
        }
    }

    /** K as the tmpfs still holds it when only the agent was restarted, not the host. */
    private void restoreKey() {
        try {
            var file = settings.keyPath();
            if (PrivateFiles.isFile(file)) {
                try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                    keys.restore(in.readNBytes(LONGEST_KEY_BYTES + 1));
                }
            }
        } catch (PayloadException | IOException e) {
            LOG.warn(
                    "bootstrap key not restored reason=\"{}\"",
                    Shown.text(String.valueOf(e.getMessage())));
        }
    }

    private void found(byte[] key, Optional<byte[]> payload) {
        LOG.info(
                "bootstrap key known agent={} payload={}", settings.agentId(), payload.isPresent());
        if (payload.isEmpty()) {
            return;
        }
        if (!settings.enabled()) {
            LOG.warn("payload ignored reason=\"mTLS disabled, payloads cannot be deployed\"");
            return;
        }
        payloadWorker.submit(() -> deploy(key, payload.get()));
    }

    private void deploy(byte[] key, byte[] payload) throws InterruptedException {
        try {
            deployment.deploy(key, payload);
        } catch (PayloadException | IOException e) {
            LOG.error(
                    "payload not deployed agent={} reason=\"{}\"",
                    settings.agentId(),
                    Shown.text(String.valueOf(e.getMessage())));
        } finally {
            revocationWorker.submit(revocations::takeWaiting);
        }
    }

    /** Stops both workers; running scripts are killed with their groups. */
    @Override
    public void close() {
        payloadWorker.close();
        revocationWorker.close();
    }
}
