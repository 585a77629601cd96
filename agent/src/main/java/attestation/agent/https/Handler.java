// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/** Answers requests. Called on a virtual thread of its own for each request, so it may block. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request; exactly one answer per call. An unchecked exception becomes a 500 whose
     * reason is logged.
     *
     * <p>When the peer has gone or the deadline has passed, the calling thread is interrupted. An
     * interrupt during {@link java.nio.channels.FileChannel#read} closes that channel for all its
     * users, so a handler reads shared files only in {@link Answer.Body#read}, which is never
     * interrupted, or on another thread.
     *
     * @throws InterruptedException when the server stops or the peer has gone
     */
    Answer handle(Exchange exchange) throws InterruptedException;
}
