// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmRc;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Remembers which passwords the TPM refused, over all connections of the process.
 *
 * <p>One that was refused with TPM_RC_AUTH_FAIL counts toward lockout and is never sent a second
 * time. TPM_RC_BAD_AUTH, as of the hierarchies, does not count (Part 2 §6.6.3): it is tried again
 * after some minutes, since whoever changed the password may change it back.
 *
 * <p>Confined to the TPM thread.
 */
public final class AuthGuard {
    private static final long AGAIN_NANOS = Duration.ofMinutes(3).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Refusal> refused = new HashMap<>();

    /** Something that proves knowledge of a password. */
    interface Use<T> {
        T run() throws TpmException;
    }

    private record Refusal(CommandFailed cause, long nanos) {}

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public AuthGuard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Runs it, unless the password of {@code whose} was refused before.
     *
     * @param whose hierarchy or key
     * @throws CommandFailed the former refusal, when it is not tried
     */
    <T> T run(String whose, Use<T> use) throws TpmException {
        Refusal before = refused.get(whose);
        if (before != null && !mayTryAgain(before)) {
            throw before.cause();
        }
        try {
            T result = use.run();
            refused.remove(whose);
            return result;
        } catch (CommandFailed e) {
            if (wrongPassword(e)) {
                refused.put(whose, new Refusal(e, nanoTime.getAsLong()));
            }
            throw e;
        }
    }

    private boolean mayTryAgain(Refusal before) {
        boolean harmless = before.cause().rc().base() == TpmRc.BAD_AUTH;
        return harmless && nanoTime.getAsLong() - before.nanos() >= AGAIN_NANOS;
    }

    static boolean wrongPassword(CommandFailed e) {
        int code = e.rc().base();
        return code == TpmRc.AUTH_FAIL || code == TpmRc.BAD_AUTH;
    }
}
