// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Proof to the registrar that the credential was activated. */
final class AuthTag {
    private static final String HMAC = "HmacSHA384";

    private AuthTag() {}

    /**
     * HMAC-SHA-384 over the agent id, in hex; its key is the secret's base64 text, not its bytes.
     */
    static String of(byte[] secret, String agentId) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(Base64.getEncoder().encode(secret), HMAC));
            byte[] tag = mac.doFinal(agentId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(tag);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
