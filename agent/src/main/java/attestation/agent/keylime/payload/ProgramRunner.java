// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import java.io.IOException;
import java.util.function.BiConsumer;

/** Runs a program to its end: as a child of the agent, or in a unit of its own. */
@FunctionalInterface
interface ProgramRunner {
    /**
     * Blocks until it has ended.
     *
     * @param lines gets each output line, as {@code stdout} or {@code stderr}, where they come here
     *     and not to the journal by themselves
     * @return exit status; 128 + signal when killed by one
     * @throws PayloadException when it cannot be started or takes too long
     */
    int run(Program program, BiConsumer<String, String> lines)
            throws PayloadException, IOException, InterruptedException;
}
