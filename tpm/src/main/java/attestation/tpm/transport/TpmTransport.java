// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Sends one command, gets exactly its response. Used by one thread at a time, which nobody may
 * interrupt; {@link #close} may come from any.
 *
 * <p>After an exception from {@link #transmit} it is unknown whether the command ran, and the
 * transport must be closed.
 */
public interface TpmTransport extends Closeable {
    /** Largest response of a TPM, in bytes; the kernel's buffer has the same size. */
    int MAX_RESPONSE = 4096;

    /** Bytes of a response header: tag, size, code. */
    int HEADER = 10;

    /**
     * Sends the command and returns the response to it: at least a header, and exactly as long as
     * its size field says.
     *
     * @param timeout for the whole exchange; a character device cannot keep it
     */
    byte[] transmit(byte[] command, Duration timeout) throws IOException;

    /**
     * Gives way to other users of the TPM where only one can be connected; the next command
     * connects again. What is loaded in the TPM stays there.
     */
    void release();

    /**
     * Whether the TPM forgets what this connection loaded as soon as it ends, and shows it nothing
     * of others: a resource manager stands between.
     */
    boolean managed();

    @Override
    void close();
}
