// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.identity.AgentData;
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
        StateDirectory state = directory(settings);
        try {
            AgentData data =
                    AgentData.load(state.file(settings.tpm().agentDataPath()))
                            .orElseThrow(() -> missing(state));
            return new Identity(agentId(settings, state, data), sized(data.akPublic()));
        } catch (IOException e) {
            throw unreadable(state, e);
        } catch (IdentityException e) {
            throw new CliException(ExitCodes.UNAVAILABLE, String.valueOf(e.getMessage()));
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
        StateDirectory state = directory(settings);
        StateFile file = state.file(settings.tpm().agentDataPath());
        try {
            if (!file.exists()) {
                throw missing(state);
            }
            return "the AK is now in "
                    + file.setAside()
                    + "; the next start makes a new one: delete this host's entry at the registrar"
                    + " and enrol it anew";
        } catch (IOException e) {
            throw unreadable(state, e);
        }
    }

    private static AgentConfig settings(Optional<Path> config) throws CliException {
        return ConfigReader.load(config, FileCheck.SKIPPED).config();
    }

    private static StateDirectory directory(AgentConfig settings) {
        return new StateDirectory(settings.agent().stateDir(), Clock.systemUTC());
    }

    /** As the daemon settles it; what it draws by lot, it keeps in a file. */
    private static Optional<String> agentId(
            AgentConfig settings, StateDirectory state, AgentData data) throws IOException {
        return switch (settings.agent().uuid()) {
            case AgentId.Fixed fixed -> Optional.of(fixed.id());
            case AgentId.Source source ->
                    attestation.agent.identity.AgentId.needsEk(source.toString())
                            ? Optional.of(data.ekHash())
                            : storedId(state);
        };
    }

    private static Optional<String> storedId(StateDirectory state) throws IOException {
        return state.file(StateDirectory.AGENT_ID)
                .read(MAX_ID)
                .map(bytes -> Terminal.escape(new String(bytes, StandardCharsets.UTF_8).strip()));
    }

    private static byte[] sized(byte[] area) {
        byte[] sized = new byte[area.length + 2];
        sized[0] = (byte) (area.length >> 8);
        sized[1] = (byte) area.length;
        System.arraycopy(area, 0, sized, 2, area.length);
        return sized;
    }

    private static CliException missing(StateDirectory state) {
        return new CliException(
                ExitCodes.UNAVAILABLE,
                "identity: no AK in "
                        + state.path()
                        + " (expected: "
                        + StateDirectory.AGENT_DATA
                        + "; the agent makes it at its first start)");
    }

    private static CliException unreadable(StateDirectory state, IOException e) {
        String reason =
                e instanceof AccessDeniedException
                        ? "permission denied (expected: the agent's user or root)"
                        : Terminal.escape(String.valueOf(e.getMessage()));
        return new CliException(ExitCodes.UNAVAILABLE, state.path() + ": " + reason);
    }
}
