// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.host.Deadline;
import attestation.tpm.TpmException;

import java.time.Duration;

/**
 * Asks the TPM again while others hold all of its slots: refusals at once would use up a verifier's
 * retries within a minute.
 */
final class Patience {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(4);

    /** A request to the TPM. */
    @FunctionalInterface
    interface Request<T> {
        T ask() throws TpmException, InterruptedException;
    }

    private Patience() {}

    /**
     * Blocks until it is answered.
     *
     * @throws TpmException what was refused last, when another pause would outlast the deadline;
     *     any other refusal at once
     */
    static <T> T ask(Deadline deadline, Request<T> request)
            throws TpmException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return request.ask();
            } catch (TpmException.CommandFailed e) {
                if (!e.crowded() || deadline.remaining().compareTo(pause) <= 0) {
                    throw e;
                }
            }
            Thread.sleep(pause);
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
        }
    }
}
