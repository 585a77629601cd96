// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.transport.TpmTransport;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM_CC;

/** Takes a successful response apart: handle, parameters, one answer of each session. */
final class AnswerArea {
    private static final int MAX_DIGEST = 64;

    private AnswerArea() {}

    static Response read(Command command, byte[] answer) throws TpmException {
        TpmReader in = new TpmReader("response", answer);
        in.bytes(TpmTransport.HEADER);
        int handle = hasHandle(command.code()) ? in.i32() : 0;
        if (command.auths().isEmpty()) {
            return new Response(command.what(), handle, in.bytes(in.remaining()));
        }
        long size = in.u32();
        if (size > in.remaining()) {
            throw in.bad("parameter size " + size + " of " + in.remaining() + " bytes");
        }
        byte[] parameters = in.bytes((int) size);
        byte[] plain = parameters;
        for (Authorization auth : command.auths()) {
            plain = session(in, auth, command, parameters, plain);
        }
        in.end();
        return new Response(command.what(), handle, plain);
    }

    /** Checks one session's answer; the parameters are decrypted by the session that encrypts. */
    private static byte[] session(
            TpmReader in, Authorization auth, Command command, byte[] wire, byte[] plain)
            throws TpmException {
        byte[] nonce = in.sized(MAX_DIGEST);
        int attributes = in.u8();
        byte[] hmac = in.sized(MAX_DIGEST);
        if (auth instanceof HmacSession session) {
            return session.answer(command, wire, plain, nonce, attributes, hmac);
        }
        if (hmac.length != 0) {
            throw new BadResponse(command.what() + ": a session without key answers with an HMAC");
        }
        return plain;
    }

    private static boolean hasHandle(int code) {
        return code == TPM_CC.CreatePrimary.toInt()
                || code == TPM_CC.Load.toInt()
                || code == TPM_CC.StartAuthSession.toInt();
    }
}
