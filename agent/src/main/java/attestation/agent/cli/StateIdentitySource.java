// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.StateDirectory;
import attestation.agent.identity.StateFile;
import attestation.config.FileCheck;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The identity as it lies in the state directory, whether the agent runs or not. */
final class StateIdentitySource implements IdentitySource {
    private static final int MAX_ID = 256;

    @Override
    public Identity identity(Optional<Path> config) throws CliException {
        StateDirectory state = directory(config);
        try {
            AgentData data =
                    AgentData.load(state.file(StateDirectory.AGENT_DATA))
                            .orElseThrow(() -> missing(state));
            return new Identity(agentId(state), sized(data.akPublic()), List.of());
        } catch (IOException e) {
            throw unreadable(state, e);
        } catch (IdentityException e) {
            throw new CliException(ExitCodes.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String reset(Optional<Path> config) throws CliException {
        StateDirectory state = directory(config);
        StateFile file = state.file(StateDirectory.AGENT_DATA);
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

    private static StateDirectory directory(Optional<Path> config) throws CliException {
        Path path = ConfigReader.load(config, FileCheck.SKIPPED).config().agent().stateDir();
        return new StateDirectory(path, Clock.systemUTC());
    }

    private static Optional<String> agentId(StateDirectory state) throws IOException {
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
