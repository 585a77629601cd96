// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.io.IOException;

/** Nobody takes the output any more: {@code head} has seen enough, or the disk is full. */
final class OutputLost extends IOException {
    private static final long serialVersionUID = 1L;

    OutputLost() {
        super("the output cannot be written");
    }
}
