// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a TPM is used.
 *
 * @param address where it is
 * @param endorsementAuth password of the endorsement hierarchy
 * @param ownerAuth password of the owner hierarchy
 * @param queueLimit how many requests may wait in each lane
 * @param commandTimeout how long making a key may take before the connection counts as broken; a
 *     chip needs up to minutes for RSA. Any other command gets at most 20 s of it. A character
 *     device cannot be interrupted: there only the callers give up
 * @param sessionNotes file, of this process alone, from which the next run after a kill learns
 *     which sessions are its to flush where no resource manager does so; without it they stay
 */
public record TpmSettings(
        TpmAddress address,
        Optional<Auth> endorsementAuth,
        Optional<Auth> ownerAuth,
        int queueLimit,
        Duration commandTimeout,
        Optional<Path> sessionNotes) {
    private static final int MAX_QUEUE = 10_000;

    public TpmSettings {
        if (queueLimit < 1 || queueLimit > MAX_QUEUE) {
            throw new IllegalArgumentException(
                    "TPM queue limit: " + queueLimit + " (expected: 1.." + MAX_QUEUE + ")");
        }
        if (commandTimeout.isNegative() || commandTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "TPM command timeout: " + commandTimeout + " (expected: more than 0)");
        }
    }

    /** No passwords, 64 waiting requests a lane, two minutes a command. */
    public static TpmSettings of(TpmAddress address) {
        return new TpmSettings(
                address,
                Optional.empty(),
                Optional.empty(),
                64,
                Duration.ofMinutes(2),
                Optional.empty());
    }

    /** The same with passwords. */
    public TpmSettings withAuth(Optional<Auth> endorsement, Optional<Auth> owner) {
        return new TpmSettings(
                address, endorsement, owner, queueLimit, commandTimeout, sessionNotes);
    }

    /** The same with another bound on one command. */
    public TpmSettings withCommandTimeout(Duration timeout) {
        return new TpmSettings(
                address, endorsementAuth, ownerAuth, queueLimit, timeout, sessionNotes);
    }

    /** The same with another queue. */
    public TpmSettings withQueueLimit(int limit) {
        return new TpmSettings(
                address, endorsementAuth, ownerAuth, limit, commandTimeout, sessionNotes);
    }

    /** The same with a file for notes. */
    public TpmSettings withSessionNotes(Path file) {
        return new TpmSettings(
                address, endorsementAuth, ownerAuth, queueLimit, commandTimeout, Optional.of(file));
    }
}
