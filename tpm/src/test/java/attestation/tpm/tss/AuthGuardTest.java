// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmRc;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** How often a refused password is sent. */
class AuthGuardTest {
    private static final int IN_SESSION_ONE = 0x980;

    private long now = 1_000;
    private int sent;
    private final AuthGuard guard = new AuthGuard(() -> now);

    private String send(int code) throws TpmException {
        sent++;
        if (code != 0) {
            throw new CommandFailed("TPM2_Test", IN_SESSION_ONE | code);
        }
        return "done";
    }

    private CommandFailed refused(String whose, int code) {
        return assertThrows(CommandFailed.class, () -> guard.run(whose, () -> send(code)));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void run_authFail_isNeverSentAgain() {
        CommandFailed first = refused("a key", TpmRc.AUTH_FAIL);
        pass(Duration.ofDays(300));
        assertSame(first, refused("a key", TpmRc.AUTH_FAIL));
        assertEquals(1, sent);
    }

    @Test
    void run_badAuth_isSentAgainAfterMinutesAndForgottenWhenRight() throws Exception {
        refused("owner", TpmRc.BAD_AUTH);
        pass(Duration.ofMinutes(2));
        refused("owner", 0);
        assertEquals(1, sent);
        pass(Duration.ofMinutes(1));
        refused("owner", TpmRc.BAD_AUTH);
        refused("owner", 0);
        assertEquals(2, sent);
        pass(Duration.ofMinutes(3));
        assertEquals("done", guard.run("owner", () -> send(0)));
        assertEquals("done", guard.run("owner", () -> send(0)));
        assertEquals(4, sent);
    }

    @Test
    void run_otherFailuresAndOtherOwners_areNotHeldBack() throws Exception {
        refused("owner", TpmRc.BAD_AUTH);
        assertEquals("done", guard.run("endorsement", () -> send(0)));
        refused("endorsement", TpmRc.VALUE);
        assertEquals("done", guard.run("endorsement", () -> send(0)));
    }
}
