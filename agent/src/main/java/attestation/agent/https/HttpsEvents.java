// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.time.Duration;

/** Told what happens; called on event loops, so implementations must not block. */
public interface HttpsEvents {
    /**
     * An answer has left, or its last byte could not be sent.
     *
     * @param target method and path, safe to show
     * @param bytes of the body, that were handed to the connection
     * @param time from the end of the request
     * @param sending of that from the first byte of the answer on; zero when none left
     */
    default void served(
            Peer peer, String target, int status, long bytes, Duration time, Duration sending) {}

    /** Something was not served. */
    default void refused(Refusal refusal) {}

    /** A handler failed by a bug, or the server did; the client has got a 500 or a closed door. */
    default void failed(String target, Throwable cause) {}

    /** Nobody listens. */
    static HttpsEvents none() {
        return new HttpsEvents() {};
    }
}
