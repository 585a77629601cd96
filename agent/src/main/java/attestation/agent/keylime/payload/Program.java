// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A payload's script, or a revocation action.
 *
 * @param file what is run: below the secure directory, or installed on the host
 * @param argument a file below the secure directory that it is given
 * @param directory its working directory
 * @param timeout after which it is killed
 */
record Program(Path file, Optional<Path> argument, Path directory, Duration timeout) {}
