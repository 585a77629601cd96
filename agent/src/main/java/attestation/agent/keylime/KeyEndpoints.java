// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.https.Answer;
import attestation.agent.https.Exchange;
import attestation.agent.identity.PayloadKey;
import attestation.agent.keylime.payload.BootstrapKeys;
import attestation.agent.keylime.payload.PayloadService;
import attestation.agent.keylime.wire.ApiVersion;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** {@code /keys/…} and {@code /notifications/revocation}. Nothing here waits for a script. */
final class KeyEndpoints {
    private static final int AUTH_TAG_BYTES = 48;

    private final PayloadKey key;
    private final PayloadService payloads;

    KeyEndpoints(PayloadKey key, PayloadService payloads) {
        this.key = key;
        this.payloads = payloads;
    }

    Answer publicKey(Exchange exchange, ApiVersion version) {
        return Answers.success(Map.of("pubkey", key.publicPem()));
    }

    /** Part U from the tenant, with the payload if there is one. */
    Answer acceptU(Exchange exchange, ApiVersion version) throws Refusal {
        JsonBody body = JsonBody.of(exchange);
        String tag = body.text("auth_tag");
        byte[] part = part(body);
        byte[] authTag = authTag(tag);
        Optional<String> payload = body.optionalText("payload").filter(p -> !p.isEmpty());
        Optional<byte[]> bytes =
                payload.isPresent()
                        ? Optional.of(JsonBody.base64("payload", payload.get()))
                        : Optional.empty();
        payloads.keys().acceptU(part, authTag, bytes);
        return Answers.success(null);
    }

    /** Part V from the verifier. */
    Answer acceptV(Exchange exchange, ApiVersion version) throws Refusal {
        payloads.keys().acceptV(part(JsonBody.of(exchange)));
        return Answers.success(null);
    }

    private byte[] part(JsonBody body) throws Refusal {
        byte[] encrypted = JsonBody.base64("encrypted_key", body.text("encrypted_key"));
        byte[] part;
        try {
            part = key.decrypt(encrypted);
        } catch (GeneralSecurityException e) {
            throw Refusal.badRequest(
                    "Failed to decrypt encrypted_key: not encrypted to this agent's key (expected: RSA-OAEP to the key of /keys/pubkey)");
        }
        if (!BootstrapKeys.isKeyLength(part.length)) {
            throw Refusal.badRequest(
                    "Invalid decrypted key: %d bytes (expected: 16 or 32)".formatted(part.length));
        }
        return part;
    }

    private static byte[] authTag(String hex) throws Refusal {
        byte[] tag;
        try {
            tag = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("Invalid hex encoding in auth_tag: not hex digits in pairs");
        }
        if (tag.length != AUTH_TAG_BYTES) {
            throw Refusal.badRequest(
                    "auth_tag: %d bytes (expected: %d)".formatted(tag.length, AUTH_TAG_BYTES));
        }
        return tag;
    }

    /** Proves that K is known. */
    Answer verify(Exchange exchange, ApiVersion version) throws Refusal {
        String challenge = Parameters.required(exchange, "challenge");
        if (challenge.isEmpty()) {
            throw Refusal.badRequest("No challenge provided.");
        }
        Parameters.requireAlphanumeric(challenge, "Parameters should be strictly alphanumeric: ");
        byte[] hmac =
                payloads.keys()
                        .prove(challenge)
                        .orElseThrow(() -> Refusal.badRequest(notYet(payloads.keys())));
        return Answers.success(Map.of("hmac", HexFormat.of().formatHex(hmac)));
    }

    private static String notYet(BootstrapKeys keys) {
        return "Bootstrap key not yet available: " + keys.missing();
    }

    /** A revocation message; its signature is checked later, off the request's path. */
    Answer revocation(Exchange exchange, ApiVersion version) throws Refusal {
        JsonBody body = JsonBody.of(exchange);
        payloads.revocation(body.text("msg"), body.text("signature"));
        return Answers.success(null);
    }
}
