// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import tss.ReqStructure;
import tss.TpmBuffer;
import tss.tpm.TPM_CC;

import java.util.List;

/**
 * A command before it is sent.
 *
 * @param what TCG name and object for errors: {@code TPM2_Load of the AK}
 * @param code TPM_CC
 * @param parameters marshalled, without handles
 * @param handles in the order of the command
 * @param auths for the first handles, then sessions that only encrypt
 */
record Command(
        String what, int code, byte[] parameters, List<Ref> handles, List<Authorization> auths) {
    private static final int LARGEST = 4096;

    static Command of(String what, TPM_CC code, ReqStructure request) {
        TpmBuffer buffer = new TpmBuffer(LARGEST);
        request.toTpm(buffer);
        if (!buffer.isOk()) {
            throw new IllegalArgumentException(what + ": longer than " + LARGEST + " bytes");
        }
        return new Command(what, code.toInt(), buffer.trim(), List.of(), List.of());
    }

    Command on(Ref... refs) {
        return new Command(what, code, parameters, List.of(refs), auths);
    }

    Command with(Authorization... authorizations) {
        return new Command(what, code, parameters, handles, List.of(authorizations));
    }

    /** The TCG name alone. */
    String name() {
        int blank = what.indexOf(' ');
        return blank < 0 ? what : what.substring(0, blank);
    }
}
