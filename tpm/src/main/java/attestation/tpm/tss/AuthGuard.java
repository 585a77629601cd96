// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmRc;

import java.util.HashMap;
import java.util.Map;

/**
 * Remembers which passwords the TPM refused, so that none is sent a second time: repeated wrong
 * ones lead to lockout. Lives as long as the process, over all connections.
 */
public final class AuthGuard {
    private final Map<String, CommandFailed> refused = new HashMap<>();

    /** Something that proves knowledge of a password. */
    interface Use<T> {
        T run() throws TpmException;
    }

    /**
     * Runs it, unless the password of {@code whose} was refused before.
     *
     * @param whose hierarchy or key
     */
    <T> T run(String whose, Use<T> use) throws TpmException {
        CommandFailed before = refused.get(whose);
        if (before != null) {
            throw before;
        }
        try {
            return use.run();
        } catch (CommandFailed e) {
            if (wrongPassword(e)) {
                refused.put(whose, e);
            }
            throw e;
        }
    }

    static boolean wrongPassword(CommandFailed e) {
        int code = e.rc().base();
        return code == TpmRc.AUTH_FAIL || code == TpmRc.BAD_AUTH;
    }
}
