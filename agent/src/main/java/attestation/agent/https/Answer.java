// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** What goes back to the peer. */
public sealed interface Answer {
    /** HTTP status. */
    int status();

    /** Header fields beside Content-Length, Date and Connection, which the server sets. */
    Map<String, String> headers();

    /** A body that is small and already whole. */
    record Whole(int status, Map<String, String> headers, byte[] body) implements Answer {}

    /**
     * A body of known length that is produced piece by piece, as fast as the peer takes it.
     *
     * @param length in bytes; the server sends it as Content-Length and breaks the connection when
     *     the body ends early
     */
    record Streamed(int status, Map<String, String> headers, long length, Body body)
            implements Answer {}

    /** The pieces of a streamed body; used by one thread at a time and closed exactly once. */
    interface Body extends Closeable {
        /**
         * Puts the next bytes into {@code target}; may block on a file, so never called on an event
         * loop; never interrupted.
         *
         * @return how many bytes were put, -1 at the end
         */
        int read(ByteBuffer target) throws IOException;
    }
}
