// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.host.Deadline;
import attestation.agent.https.Answer;
import attestation.agent.https.Exchange;
import attestation.agent.https.Peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests as the server hands them over, and answers as a client reads them. */
final class Requests {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Requests() {}

    static Exchange get(String uri) {
        return of("GET", uri, Map.of(), new byte[0]);
    }

    static Exchange post(String uri, String json) {
        return of(
                "POST",
                uri,
                Map.of("content-type", "application/json"),
                json.getBytes(StandardCharsets.UTF_8));
    }

    static Exchange of(String method, String uri, Map<String, String> headers, byte[] body) {
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        var query = new HashMap<String, List<String>>();
        if (question >= 0) {
            for (String pair : uri.substring(question + 1).split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.computeIfAbsent(parts[0], k -> new ArrayList<>())
                        .add(URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return new Exchange(
                method,
                URI.create(path).getPath(),
                query,
                headers,
                body,
                new Peer("192.0.2.7:40312", Optional.empty()),
                Deadline.after(Duration.ofSeconds(50)));
    }

    static byte[] body(Answer answer) {
        return switch (answer) {
            case Answer.Whole whole -> whole.body();
            case Answer.Streamed streamed -> streamed(streamed);
        };
    }

    static JsonNode json(Answer answer) {
        try {
            return JSON.readTree(body(answer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String status(Answer answer) {
        return json(answer).get("status").asText();
    }

    private static byte[] streamed(Answer.Streamed answer) {
        var out = new ByteArrayOutputStream();
        var target = ByteBuffer.allocate(1000);
        try (var body = answer.body()) {
            while (body.read(target) >= 0) {
                out.write(target.array(), 0, target.position());
                target.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (out.size() != answer.length()) {
            throw new AssertionError("length " + answer.length() + " but body " + out.size());
        }
        return out.toByteArray();
    }
}
