// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.keylime.wire.Shown;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Puts one payload to work: key file, payload file, ZIP, script. On the payload worker only. */
final class Deployment {
    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

    private final PayloadSettings settings;
    private final ProgramRunner runner;

    Deployment(PayloadSettings settings, ProgramRunner runner) {
        this.settings = settings;
        this.runner = runner;
    }

    /** Replaces what an earlier payload left. */
    void deploy(byte[] key, byte[] encrypted)
            throws PayloadException, IOException, InterruptedException {
        byte[] payload = PayloadCipher.decrypt(key, encrypted);
        Path keyPath = settings.keyPath();
        Path payloadPath = settings.payloadPath();
        PrivateFiles.deleteTree(settings.unzipped());
        PrivateFiles.makeDirectory(settings.unzipped());
        writeNamed(keyPath, key);
        writeNamed(payloadPath, payload);
        LOG.info(
                "payload decrypted agent={} bytes={} folder={}",
                settings.agentId(),
                payload.length,
                settings.unzipped());
        unpack(payload);
        runScript();
        makeActionsExecutable();
    }

    private void writeNamed(Path path, byte[] content) throws IOException {
        Path parent = path.getParent();
        PrivateFiles.makeDirectory(parent == null ? settings.unzipped() : parent);
        PrivateFiles.write(path, content);
    }

    /** A payload that is no ZIP stays the single file that it is. */
    private void unpack(byte[] payload) throws PayloadException, IOException {
        if (settings.unpackZip() && ZipDirectory.isZip(payload)) {
            new ZipUnpacker(payload, settings.unzipped(), settings.secureBytes()).unpack();
        }
    }

    private void runScript() throws PayloadException, InterruptedException, IOException {
        if (settings.script().isEmpty()) {
            return;
        }
        Path script = settings.scriptPath();
        if (!PrivateFiles.isFile(script)) {
            LOG.info("payload has no script expected={}", settings.script());
            return;
        }
        PrivateFiles.makeExecutable(script);
        LOG.info("payload script starts script={}", settings.script());
        int status =
                runner.run(
                        new Program(
                                script,
                                Optional.empty(),
                                settings.unzipped(),
                                settings.scriptTimeout()),
                        (stream, line) -> LOG.info("payload script says {}=\"{}\"", stream, line));
        if (status != 0) {
            throw new PayloadException(
                    "payload_script: %s ended with exit status %d (expected: 0)"
                            .formatted(settings.script(), status));
        }
        LOG.info("payload script ended script={} exit_status=0", settings.script());
    }

    private void makeActionsExecutable() throws IOException {
        for (String action : ActionList.of(settings.unzipped())) {
            Path file = settings.unzipped().resolve(action);
            if (PrivateFiles.isFile(file)) {
                PrivateFiles.makeExecutable(file);
            } else {
                LOG.warn("action is listed but not there action={}", Shown.text(action));
            }
        }
    }
}
