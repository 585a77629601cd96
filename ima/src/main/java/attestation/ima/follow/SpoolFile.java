// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file written at its end by one thread and read anywhere by many. */
interface SpoolFile extends AutoCloseable {
    /** Opens or creates the file of this boot; {@code fresh} drops what was there. */
    @FunctionalInterface
    interface Factory {
        SpoolFile open(boolean fresh) throws IOException;
    }

    /** Writes all of {@code bytes} at this place. */
    void write(long at, ByteBuffer bytes) throws IOException;

    /** Reads at least one byte unless {@code at} is at or beyond the end; then -1. */
    int read(long at, ByteBuffer target) throws IOException;

    void truncate(long size) throws IOException;

    @Override
    void close();
}
