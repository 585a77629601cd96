// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.https.Answer;
import attestation.agent.keylime.wire.Json;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/** The envelope of every JSON answer: {@code code}, {@code status}, {@code results}. */
final class Answers {
    static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private Answers() {}

    /** A success; {@code null} results stand for themselves. */
    static Answer success(@Nullable Map<String, ?> results) {
        return new Answer.Whole(200, JSON, envelope(200, "Success", results));
    }

    /** An error with its reason; a HEAD request gets no body. */
    static Answer refused(Refusal refusal, String method) {
        String reason = String.valueOf(refusal.getMessage());
        byte[] body =
                method.equals("HEAD") ? new byte[0] : envelope(refusal.status(), reason, Map.of());
        return new Answer.Whole(refusal.status(), headers(refusal), body);
    }

    static byte[] envelope(int code, String status, @Nullable Map<String, ?> results) {
        var envelope = new LinkedHashMap<String, @Nullable Object>();
        envelope.put("code", code);
        envelope.put("status", status);
        envelope.put("results", results);
        return Json.write(envelope);
    }

    private static Map<String, String> headers(Refusal refusal) {
        if (refusal.allow().isEmpty()) {
            return JSON;
        }
        return Map.of("Content-Type", "application/json", "Allow", refusal.allow());
    }
}
