// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.EkRequest;
import attestation.tpm.TpmException;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM_CC;

import java.nio.ByteBuffer;
import java.util.List;

/** TPM2_ActivateCredential; the secret comes back encrypted (Part 3 §12.5). */
final class Credentials {
    private static final int MAX_DIGEST = 64;
    private static final int LARGEST = 2048;

    private final Engine engine;
    private final Sessions sessions;
    private final EndorsementKeys endorsementKeys;

    Credentials(Engine engine, Sessions sessions, EndorsementKeys endorsementKeys) {
        this.engine = engine;
        this.sessions = sessions;
        this.endorsementKeys = endorsementKeys;
    }

    byte[] activate(EkRequest request, Ref ak, byte[] idObject, byte[] encryptedSecret)
            throws TpmException {
        byte[] parameters =
                ByteBuffer.allocate(idObject.length + encryptedSecret.length)
                        .put(exact("TPM2B_ID_OBJECT", idObject))
                        .put(exact("TPM2B_ENCRYPTED_SECRET", encryptedSecret))
                        .array();
        try (Objects.Loaded ek = endorsementKeys.load(request)) {
            return endorsementKeys.authorized(ek.area(), auth -> run(ak, ek, auth, parameters));
        }
    }

    private byte[] run(Ref ak, Objects.Loaded ek, Authorization auth, byte[] parameters)
            throws TpmException {
        try (Sessions.Hmac bus = sessions.salted(ek.ref(), ek.area())) {
            Command command =
                    new Command(
                            "TPM2_ActivateCredential",
                            TPM_CC.ActivateCredential.toInt(),
                            parameters,
                            List.of(ak, ek.ref()),
                            List.of(
                                    Authorization.EMPTY,
                                    auth,
                                    bus.session().encrypting(false, true)));
            TpmReader in = engine.run(command).reader();
            byte[] secret = in.sized(MAX_DIGEST);
            in.end();
            return secret;
        }
    }

    /** The size field must be that of what follows. */
    private static byte[] exact(String what, byte[] sized) {
        int size = sized.length < 2 ? -1 : ByteBuffer.wrap(sized).getShort() & 0xffff;
        if (size != sized.length - 2 || sized.length > LARGEST) {
            throw new IllegalArgumentException(
                    what
                            + ": "
                            + sized.length
                            + " bytes (expected: 2 bytes of size and so many after them)");
        }
        return sized;
    }
}
