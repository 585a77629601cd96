// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.host.LineQuota;
import attestation.agent.keylime.wire.Json;
import attestation.agent.keylime.wire.JsonException;
import attestation.agent.keylime.wire.Shown;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Optional;

/**
 * Checks revocation messages and runs their actions, one after another; on the revocation worker
 * only where nothing else is said.
 *
 * <p>Messages that come before the certificate wait for it, the last 16 of them.
 */
final class Revocations {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final int MOST_WAITING = 16;
    private static final int LINES_A_MINUTE = 10;

    /** Neither is trusted yet. */
    record Message(String text, String signature) {}

    private final PayloadSettings settings;
    private final LineQuota lines = new LineQuota(LINES_A_MINUTE);
    private final ProgramRunner runner;
    private final Deque<Message> waiting = new ArrayDeque<>();

    Revocations(PayloadSettings settings, ProgramRunner runner) {
        this.settings = settings;
        this.runner = runner;
    }

    /**
     * Any thread: whether a certificate is there and does not fit, so that forged messages, however
     * many, take no place from one that waits for the actions of another.
     */
    boolean refusesAtOnce(Message message) {
        try {
            Optional<RevocationKey> key = RevocationKey.load(settings.revocationCertificate());
            return key.isPresent() && !isSigned(message, key.get());
        } catch (PayloadException e) {
            return false; // why it cannot be handled is told when its turn comes
        }
    }

    private boolean isSigned(Message message, RevocationKey key) {
        boolean signed = key.signed(message.text(), message.signature());
        if (!signed) {
            warn("refused reason=\"signature does not verify\"");
        }
        return signed;
    }

    /** Handles a message, after those that wait. */
    void take(Message message) throws InterruptedException {
        waiting.addLast(message);
        if (waiting.size() > MOST_WAITING) {
            waiting.removeFirst();
            warn("dropped reason=\"no certificate yet, %d wait\"".formatted(MOST_WAITING));
        }
        takeWaiting();
    }

    /** Handles what waited for the certificate, if it is there now. */
    void takeWaiting() throws InterruptedException {
        try {
            Optional<RevocationKey> key =
                    waiting.isEmpty()
                            ? Optional.empty()
                            : RevocationKey.load(settings.revocationCertificate());
            while (key.isPresent() && !waiting.isEmpty()) {
                handle(waiting.removeFirst(), key.get());
            }
            if (!waiting.isEmpty()) {
                warn(
                        "waits for its certificate file=%s waiting=%d"
                                .formatted(settings.revocationCertificate(), waiting.size()));
            }
        } catch (PayloadException e) {
            warn("not handled reason=\"%s\"".formatted(e.getMessage()));
        }
    }

    /** Whoever may send messages may send many. */
    private void warn(String what) {
        lines.take("").ifPresent(told -> LOG.warn("revocation message {}{}", what, told));
    }

    private void handle(Message message, RevocationKey key) throws InterruptedException {
        if (!isSigned(message, key)) {
            return;
        }
        try {
            Json.readObject(message.text().getBytes(StandardCharsets.UTF_8));
            run(message.text());
        } catch (JsonException e) {
            warn("refused reason=\"%s\"".formatted(e.getMessage()));
        } catch (PayloadException | IOException e) {
            LOG.error(
                    "revocation actions stopped agent={} reason=\"{}\"",
                    settings.agentId(),
                    Shown.text(String.valueOf(e.getMessage())));
        }
    }

    private void run(String json) throws PayloadException, IOException, InterruptedException {
        var actions = new ArrayList<String>(settings.revocationActions());
        actions.addAll(ActionList.of(settings.unzipped()));
        for (String action : actions) {
            Path script = find(action);
            LOG.info("Executing revocation action {}", Shown.text(action));
            Path file = settings.secureDirectory().resolve("revocation.json");
            Files.deleteIfExists(file);
            PrivateFiles.write(file, json.getBytes(StandardCharsets.UTF_8));
            try {
                execute(script, file, action);
            } finally {
                Files.deleteIfExists(file);
            }
        }
    }

    private void execute(Path script, Path file, String action)
            throws PayloadException, IOException, InterruptedException {
        int status =
                runner.run(
                        new Program(
                                script,
                                Optional.of(file),
                                settings.keylimeDirectory(),
                                settings.actionTimeout()),
                        (stream, line) -> LOG.info("Action {}: {}", stream, line));
        if (status != 0) {
            throw new PayloadException(
                    "revocation action %s: exit status %d (expected: 0)"
                            .formatted(Shown.text(action), status));
        }
    }

    /** Only plain names, and only in the two allowed places. */
    private Path find(String action) throws PayloadException {
        if (!SafeName.isPlain(action)) {
            throw new PayloadException(
                    "revocation action \"%s\": refused (expected: a plain file name)"
                            .formatted(Shown.text(action)));
        }
        Path installed = settings.revocationActionsDirectory().resolve(action);
        if (Files.isRegularFile(installed)) {
            return installed;
        }
        Path delivered = settings.unzipped().resolve(action);
        if (settings.payloadActionsAllowed() && PrivateFiles.isFile(delivered)) {
            return delivered;
        }
        throw new PayloadException(
                "revocation action %s: not found in %s%s"
                        .formatted(
                                action,
                                settings.revocationActionsDirectory(),
                                settings.payloadActionsAllowed() ? " or the payload" : ""));
    }
}
