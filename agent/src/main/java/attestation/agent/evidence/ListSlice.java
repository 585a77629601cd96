// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Lines of the measurement list, immutable, read by position so that many readers share it.
 *
 * <p>The bytes are the ASCII list's, each line with its newline, unchanged.
 */
public interface ListSlice {
    /** Index of the first line; 0 is boot_aggregate's. */
    long firstLine();

    /** Number of lines. */
    long lines();

    /** Length in bytes. */
    long bytes();

    /**
     * Puts bytes from {@code offset} on into {@code target}; may block on a file.
     *
     * @return how many, -1 at or beyond the end
     */
    int read(long offset, ByteBuffer target) throws IOException;

    /** Whether any byte beside the newlines must be escaped in JSON. */
    boolean needsEscaping() throws IOException;
}
