// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.https.Exchange;
import attestation.agent.keylime.wire.Json;
import attestation.agent.keylime.wire.JsonException;

import org.jspecify.annotations.Nullable;

import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request's JSON object; unknown members are passed over. */
final class JsonBody {
    private static final int MAX_BYTES = 2 * 1024 * 1024;

    private final Map<String, @Nullable Object> members;

    private JsonBody(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    static JsonBody of(Exchange exchange) throws Refusal {
        if (!isJson(exchange.header("content-type"))) {
            throw Refusal.badRequest("Content type error (expected: application/json)");
        }
        if (exchange.body().length > MAX_BYTES) {
            throw Refusal.badRequest(
                    "Json payload of %d bytes (expected: at most %d)"
                            .formatted(exchange.body().length, MAX_BYTES));
        }
        try {
            return new JsonBody(Json.readObject(exchange.body()));
        } catch (JsonException e) {
            throw Refusal.badRequest("Json deserialize error: " + e.getMessage());
        }
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.matches("[!-~]+/[!-~]+\\+json");
    }

    String text(String name) throws Refusal {
        return optionalText(name)
                .orElseThrow(
                        () ->
                                Refusal.badRequest(
                                        "Json deserialize error: missing field `%s`"
                                                .formatted(name)));
    }

    /** Absent and null are the same. */
    Optional<String> optionalText(String name) throws Refusal {
        Object value = members.get(name);
        if (value == null || value instanceof String) {
            return Optional.ofNullable((String) value);
        }
        throw Refusal.badRequest(
                "Json deserialize error: field `%s` is not a string".formatted(name));
    }

    static byte[] base64(String name, String text) throws Refusal {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(
                    "Invalid base64 encoding in %s: %s".formatted(name, e.getMessage()));
        }
    }
}
