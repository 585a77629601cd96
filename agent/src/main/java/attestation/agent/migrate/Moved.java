// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.nio.file.Path;

/**
 * A file that both agents need.
 *
 * @param source where Keylime's agent has it
 * @param target where ours will have it
 * @param role what it is to the host
 */
record Moved(Path source, Path target, Role role) {
    /** What a file is to the host. */
    enum Role {
        /** Part of who this host is: it goes back, too. */
        IDENTITY,
        /** The same, and our agent may have it in the TPM's keeping only. */
        PAYLOAD_KEY,
        /** The operator's: it stays where it is. */
        GIVEN
    }

    boolean goesBack() {
        return role != Role.GIVEN;
    }
}
