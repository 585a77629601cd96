// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.StateDirectory;
import attestation.agent.identity.StateFile;
import attestation.config.AgentConfig;
import attestation.tpm.AkBlob;
import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Clock;

/**
 * This host's AK as the agent stored it.
 *
 * @param ek under which it loads
 */
record StoredAk(EkRequest ek, AkBlob blob) {
    static StoredAk of(AgentConfig config) throws CliException {
        StateDirectory state = new StateDirectory(config.agent().stateDir(), Clock.systemUTC());
        StateFile file = state.file(config.tpm().agentDataPath());
        try {
            AgentData data = AgentData.peek(file).orElseThrow(() -> missing(file));
            EncryptionAlgorithm kind =
                    EncryptionAlgorithm.ofKeylimeName(config.tpm().encryptionAlg()).orElseThrow();
            return new StoredAk(
                    new EkRequest(kind, config.tpm().ekHandle()),
                    new AkBlob(data.akPublic(), data.akPrivate()));
        } catch (AccessDeniedException e) {
            throw unavailable(
                    ListSource.shown(file.path())
                            + ": permission denied (expected: the agent's user or root)");
        } catch (IdentityException e) {
            throw unavailable(Terminal.escape(String.valueOf(e.getMessage()))); // names the file
        } catch (IOException e) {
            throw unavailable(
                    ListSource.shown(file.path())
                            + ": "
                            + Terminal.escape(String.valueOf(e.getMessage())));
        }
    }

    private static CliException missing(StateFile file) {
        return unavailable(
                "AK: none in "
                        + ListSource.shown(file.path())
                        + " (expected: the agent's stored AK; the agent makes it at its first"
                        + " start)");
    }

    private static CliException unavailable(String message) {
        return new CliException(ExitCodes.UNAVAILABLE, message);
    }
}
