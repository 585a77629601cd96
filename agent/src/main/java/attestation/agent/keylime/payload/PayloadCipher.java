// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import java.security.GeneralSecurityException;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-GCM as Keylime lays it out: IV of 16 bytes, ciphertext, tag of 16 bytes. */
final class PayloadCipher {
    private static final int IV_BYTES = 16;
    private static final int TAG_BYTES = 16;

    private PayloadCipher() {}

    static byte[] decrypt(byte[] key, byte[] payload) throws PayloadException {
        if (payload.length < IV_BYTES + TAG_BYTES) {
            throw new PayloadException(
                    "payload: %d bytes (expected: at least %d)"
                            .formatted(payload.length, IV_BYTES + TAG_BYTES));
        }
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            var parameters = new GCMParameterSpec(TAG_BYTES * Byte.SIZE, payload, 0, IV_BYTES);
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), parameters);
            return cipher.doFinal(payload, IV_BYTES, payload.length - IV_BYTES);
        } catch (GeneralSecurityException e) {
            throw new PayloadException("payload: not encrypted with the bootstrap key", e);
        }
    }
}
