// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.HostFacts;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.Pem;
import attestation.agent.identity.StateDirectory;
import attestation.agent.identity.StateFile;
import attestation.config.AgentConfig;
import attestation.config.FileCheck;
import attestation.config.TpmSection;
import attestation.config.value.AgentId;
import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.EndorsementKey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The identity as it lies in the state directory, whether the agent runs or not. */
final class StateIdentitySource implements IdentitySource {
    private static final int MAX_ID = 256;

    @Override
    public Identity identity(Optional<Path> config) throws CliException {
        AgentConfig settings = settings(config);
        StateFile file = file(settings);
        try {
            AgentData data = AgentData.peek(file).orElseThrow(() -> missing(file));
            return new Identity(agentId(settings, data), sized(data.akPublic()));
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (IdentityException e) {
            throw new CliException(ExitCodes.UNAVAILABLE, Terminal.escape(e.getMessage() + ""));
        }
    }

    @Override
    public EkCertificates ekCertificates(Optional<Path> config) throws InterruptedException {
        try {
            AgentConfig settings = settings(config);
            EkRequest ek = ekRequest(settings.tpm());
            return certificates(
                    TpmAccess.ask(
                            TpmAccess.settings(settings, Optional.empty()),
                            tpm -> tpm.endorsementKey(ek, TpmAccess.SLOW)));
        } catch (CliException e) {
            return new EkCertificates(List.of(), "not read: " + e.getMessage());
        }
    }

    private static EkRequest ekRequest(TpmSection tpm) {
        return new EkRequest(
                EncryptionAlgorithm.ofKeylimeName(tpm.encryptionAlg()).orElseThrow(),
                tpm.ekHandle());
    }

    private static EkCertificates certificates(EndorsementKey ek) {
        List<String> pem =
                Stream.concat(ek.certificate().stream(), ek.chain().stream())
                        .map(der -> new Pem("CERTIFICATE", der).text())
                        .toList();
        return new EkCertificates(pem, ek.certificate().isPresent() ? "" : ek.certificateNote());
    }

    @Override
    public String reset(Optional<Path> config) throws CliException {
        AgentConfig settings = settings(config);
        StateFile file = file(settings);
        try {
            String id = knownId(settings, file).orElse("ID");
            List<Path> kept = file.giveUp();
            if (kept.isEmpty()) {
                throw missing(file);
            }
            return follows(Terminal.escape(kept.getFirst().toString()), id);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static String follows(String kept, String id) {
        return """
                the AK is now in %1$s
                what follows:
                  a running agent goes on with the former AK: systemctl restart attestation-agent
                  the registrar refuses the new one until the old entry is gone; where you run the
                  tenant: keylime_tenant -c delete -u %2$s; keylime_tenant -c regdelete -u %2$s
                  then restart the agent once more (it registers) and: keylime_tenant -c add -u %2$s …
                  whoever pinned the AK elsewhere needs the new one: agent identity --ak pem\
                """
                .formatted(kept, id);
    }

    private static AgentConfig settings(Optional<Path> config) throws CliException {
        return ConfigReader.load(config, FileCheck.SKIPPED).config();
    }

    private static StateFile file(AgentConfig settings) {
        return directory(settings).file(settings.tpm().agentDataPath());
    }

    private static StateDirectory directory(AgentConfig settings) {
        return new StateDirectory(settings.agent().stateDir(), Clock.systemUTC());
    }

    /** Under which the registrar knows the AK that is given up, as far as it can be told. */
    private static Optional<String> knownId(AgentConfig settings, StateFile file)
            throws IOException {
        try {
            Optional<AgentData> data = AgentData.peek(file);
            return data.isPresent() ? agentId(settings, data.get()) : Optional.empty();
        } catch (IdentityException e) {
            return Optional.empty(); // damaged: that may be why it is given up
        }
    }

    /** As the daemon settles it; what it draws by lot, it keeps in a file. */
    private static Optional<String> agentId(AgentConfig settings, AgentData data)
            throws IOException {
        StateFile stored = directory(settings).file(StateDirectory.AGENT_ID);
        return switch (settings.agent().uuid()) {
            case AgentId.Fixed fixed -> Optional.of(fixed.id());
            case AgentId.Source source -> agentId(source, stored, data);
        };
    }

    private static Optional<String> agentId(AgentId.Source source, StateFile stored, AgentData data)
            throws IOException {
        return switch (source) {
            case HASH_EK -> Optional.of(data.ekHash());
            case GENERATE -> stored.read(MAX_ID).map(StateIdentitySource::text);
            case DMIDECODE, MACHINE_ID, HOSTNAME -> ofHost(stored, source.toString());
        };
    }

    private static Optional<String> ofHost(StateFile stored, String form) throws IOException {
        try {
            return Optional.of(
                    new attestation.agent.identity.AgentId(
                                    stored, HostFacts.ofThisHost(), new SecureRandom())
                            .resolve(form, Optional.empty()));
        } catch (IdentityException e) {
            return Optional.empty(); // only root may read the firmware's UUID, for example
        }
    }

    private static String text(byte[] bytes) {
        return Terminal.escape(new String(bytes, StandardCharsets.UTF_8).strip());
    }

    private static byte[] sized(byte[] area) {
        byte[] sized = new byte[area.length + 2];
        sized[0] = (byte) (area.length >> 8);
        sized[1] = (byte) area.length;
        System.arraycopy(area, 0, sized, 2, area.length);
        return sized;
    }

    private static CliException missing(StateFile file) {
        return new CliException(
                ExitCodes.UNAVAILABLE,
                "identity: no AK in "
                        + Terminal.escape(file.toString())
                        + " (expected: the file that the agent makes at its first start)");
    }

    private static CliException unreadable(StateFile file, IOException e) {
        String reason =
                e instanceof AccessDeniedException
                        ? "permission denied (expected: the agent's user or root)"
                        : Terminal.escape(String.valueOf(e.getMessage()));
        return new CliException(
                ExitCodes.UNAVAILABLE, Terminal.escape(file.toString()) + ": " + reason);
    }
}
