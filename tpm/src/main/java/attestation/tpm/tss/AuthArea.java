// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;

import tss.tpm.TPM_RH;

import java.nio.ByteBuffer;
import java.util.List;

/** Writes the authorization area of a command (Part 1 §18.6.3). */
final class AuthArea {
    static final int CONTINUE_SESSION = 1;

    private AuthArea() {}

    /** Appends the area with its size; returns the parameters, encrypted where a session asks. */
    static byte[] write(ByteBuffer out, Command command) throws TpmException {
        byte[] parameters = command.parameters();
        for (Authorization auth : command.auths()) {
            if (auth instanceof HmacSession session) {
                parameters = session.prepare(command, parameters);
            }
        }
        int at = out.position();
        out.putInt(0);
        List<Authorization> auths = command.auths();
        for (int i = 0; i < auths.size(); i++) {
            switch (auths.get(i)) {
                case Authorization.Empty _ ->
                        entry(out, TPM_RH.PW.toInt(), NONE, CONTINUE_SESSION, NONE);
                case Authorization.Policy policy ->
                        entry(out, policy.handle(), NONE, CONTINUE_SESSION, NONE);
                case HmacSession s -> {
                    byte[] hmac = s.commandHmac(command, parameters, i);
                    entry(out, s.handle(), s.nonceCaller(), s.attributes(), hmac);
                }
            }
        }
        out.putInt(at, out.position() - at - 4);
        return parameters;
    }

    private static final byte[] NONE = {};

    private static void entry(
            ByteBuffer out, int handle, byte[] nonce, int attributes, byte[] hmac) {
        out.putInt(handle).putShort((short) nonce.length).put(nonce);
        out.put((byte) attributes).putShort((short) hmac.length).put(hmac);
    }
}
