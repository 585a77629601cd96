// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.status.Health;

import java.nio.file.Path;

/** Asks a running agent how it fares. */
@FunctionalInterface
public interface StatusSource {
    /**
     * The answer of the agent behind this socket.
     *
     * @throws CliException with {@link ExitCodes#NOT_RUNNING} or {@link ExitCodes#NOT_PERMITTED}
     */
    View fetch(Path socket) throws CliException;

    /**
     * What changed and when.
     *
     * @param json whether programs read it
     * @throws CliException as {@link #fetch} does
     */
    default String history(Path socket, boolean json) throws CliException {
        throw new CliException(ExitCodes.FAILING, "status: no history is kept here");
    }

    /**
     * One state of the agent.
     *
     * @param health the verdict
     * @param text one screen, escaped for a terminal
     * @param json the same for programs
     */
    record View(Health health, String text, String json) {}
}
