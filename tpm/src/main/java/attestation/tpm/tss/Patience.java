// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException.TimedOut;

/** Whether somebody still waits for what the TPM thread is doing. */
public interface Patience {
    /** As long as it takes; for what nobody waits for. */
    Patience ENDLESS =
            new Patience() {
                @Override
                public void check(String next) {}

                @Override
                public long remainingNanos() {
                    return Long.MAX_VALUE;
                }
            };

    /**
     * Called before each command that may be left out.
     *
     * @throws TimedOut when the caller has given up; {@code next} is then not sent
     */
    void check(String next) throws TimedOut;

    /** Time left, 0 or less when it is up. */
    long remainingNanos();
}
