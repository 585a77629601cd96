// SPDX-License-Identifier: Apache-2.0
package attestation.agent.setup;

import java.io.IOException;
import java.util.List;

/** Runs the distribution's own tools. */
public interface Commands {
    /**
     * Runs a command to its end, its output on this terminal.
     *
     * @throws IOException when it cannot be started or ends with another exit code than 0
     */
    void run(List<String> command) throws IOException;

    /** On this host. */
    static Commands ofThisHost() {
        return command -> {
            try {
                Process process = new ProcessBuilder(command).inheritIO().start();
                int code = process.waitFor();
                if (code != 0) {
                    throw new IOException(String.join(" ", command) + ": exit code " + code);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while " + command.getFirst() + " ran", e);
            }
        };
    }
}
