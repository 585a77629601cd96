// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import java.io.IOException;
import java.time.Duration;

/** Opens a connection to one TPM, anew each time. */
@FunctionalInterface
public interface TransportOpener {
    /**
     * Opens it.
     *
     * @throws IOException with a text that names the place, the reason and what to do
     */
    TpmTransport open(Duration timeout) throws IOException;
}
