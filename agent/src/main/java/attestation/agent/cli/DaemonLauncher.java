// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.nio.file.Path;
import java.util.Optional;

/** Starts the daemon. */
@FunctionalInterface
public interface DaemonLauncher {
    /**
     * Runs until the process is told to stop.
     *
     * @param config the file given on the command line; empty for the standard places
     * @return exit code of the process
     */
    int run(Optional<Path> config) throws CliException;
}
