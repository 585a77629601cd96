// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.nio.file.Path;

/**
 * A file that both agents need.
 *
 * @param source where Keylime's agent has it
 * @param target where ours will have it
 * @param identity whether it is part of who this host is: it goes back, too
 */
record Moved(Path source, Path target, boolean identity) {}
