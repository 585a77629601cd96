// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.TpmException;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2B_DIGEST;
import tss.tpm.TPM2_PolicyOR_REQUEST;
import tss.tpm.TPM2_PolicySecret_REQUEST;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.util.Arrays;
import java.util.Optional;

/** Asserts policies in policy sessions (Part 3 §23). */
final class Policies {
    private static final int MAX_TIMEOUT = 64;
    private static final int MAX_DIGEST = 64;

    private final Engine engine;
    private final Sessions sessions;

    Policies(Engine engine, Sessions sessions) {
        this.engine = engine;
        this.sessions = sessions;
    }

    /**
     * TPM2_PolicySecret: the password of a hierarchy is known.
     *
     * @param whose hierarchy, for errors
     */
    void secret(String whose, Ref hierarchy, Optional<Auth> password, Ref session)
            throws TpmException {
        byte[] none = {};
        TPM_HANDLE zero = new TPM_HANDLE(0);
        try (Sessions.Held held = sessions.authorization(password)) {
            Response response =
                    engine.run(
                            Command.of(
                                            "TPM2_PolicySecret of the " + whose,
                                            TPM_CC.PolicySecret,
                                            new TPM2_PolicySecret_REQUEST(
                                                    zero, zero, none, none, none, 0))
                                    .on(hierarchy, session)
                                    .with(held.authorization()));
            TpmReader in = response.reader();
            in.sized(MAX_TIMEOUT);
            in.u16();
            in.i32();
            in.sized(MAX_DIGEST);
            in.end();
        }
    }

    /** TPM2_PolicyOR: the session's policy is one of these. */
    void or(String what, Ref session, byte[]... branches) throws TpmException {
        TPM2B_DIGEST[] list =
                Arrays.stream(branches).map(TPM2B_DIGEST::new).toArray(TPM2B_DIGEST[]::new);
        engine.run(
                        Command.of(
                                        "TPM2_PolicyOR of " + what,
                                        TPM_CC.PolicyOR,
                                        new TPM2_PolicyOR_REQUEST(new TPM_HANDLE(0), list))
                                .on(session))
                .reader()
                .end();
    }
}
