// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads Keylime's JSON answers, strictly: known members have their type, none comes twice, nothing
 * follows the object. Unknown members are passed over, within limits.
 */
final class AnswerReader {
    private static final int MAX_STRING = 32 * 1024 * 1024;
    private static final int MAX_TOKENS = 10_000;
    private static final String LIST = "ima_measurement_list";

    /** Stands for a value of a type that no known member has. */
    private static final Object OTHER = new Object();

    private final JsonFactory factory =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxStringLength(MAX_STRING)
                                    .maxDocumentLength(2L * MAX_STRING)
                                    .maxNestingDepth(16)
                                    .maxNameLength(256)
                                    .maxNumberLength(32)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();
    private final long maxListBytes;

    AnswerReader(long maxListBytes) {
        this.maxListBytes = maxListBytes;
    }

    /** An answer with a quote; the list's bytes go to {@code list}. */
    AgentAnswer integrity(InputStream body, OutputStream list)
            throws IOException, RefutedException {
        ListDiverter diverter = new ListDiverter(LIST, body, list, maxListBytes);
        Map<String, Object> results = results(diverter);
        boolean hasList = results.containsKey(LIST);
        if (diverter.diverted() != (hasList ? 1 : 0)) {
            throw new RefutedException("answer, " + LIST + ": not where or how it must stand");
        }
        return new AgentAnswer(
                text(results, "quote").orElseThrow(() -> missing("quote")),
                text(results, "hash_alg").orElseThrow(() -> missing("hash_alg")),
                text(results, "enc_alg").orElseThrow(() -> missing("enc_alg")),
                text(results, "sign_alg").orElseThrow(() -> missing("sign_alg")),
                text(results, "pubkey"),
                hasList,
                number(results, "ima_measurement_list_entry"),
                text(results, "mb_measurement_list"),
                number(results, "boottime"));
    }

    /** The versions of the protocol that an agent says it serves. */
    List<String> versions(InputStream body) throws IOException, RefutedException {
        Object versions = results(body).get("supported_versions");
        if (!(versions instanceof List<?> list)) {
            throw missing("supported_versions");
        }
        return list.stream().map(Object::toString).toList();
    }

    private Map<String, Object> results(InputStream body) throws IOException, RefutedException {
        try (JsonParser in = factory.createParser(body)) {
            return new Walk(in).results();
        } catch (ListDiverter.Malformed e) {
            throw new RefutedException("answer, " + LIST + ": " + e.getMessage());
        } catch (JsonProcessingException e) {
            throw new RefutedException(
                    "answer: not the JSON expected: " + Printable.text(e.getOriginalMessage()));
        }
    }

    private static RefutedException missing(String member) {
        return new RefutedException("answer: no " + member + " in results");
    }

    private static Optional<String> text(Map<String, Object> results, String member)
            throws RefutedException {
        Object value = results.get(member);
        if (value != null && !(value instanceof String)) {
            throw new RefutedException("answer, " + member + ": not a string");
        }
        return Optional.ofNullable((String) value);
    }

    private static OptionalLong number(Map<String, Object> results, String member)
            throws RefutedException {
        Object value = results.get(member);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!(value instanceof Long number) || number < 0) {
            throw new RefutedException("answer, " + member + ": not a whole number from 0 on");
        }
        return OptionalLong.of(number);
    }

    /** One pass over one document. */
    private static final class Walk {
        private final JsonParser in;
        private int tokens;

        Walk(JsonParser in) {
            this.in = in;
        }

        Map<String, Object> results() throws IOException, RefutedException {
            expect(next(), JsonToken.START_OBJECT, "the answer");
            Map<String, Object> results = new HashMap<>();
            while (next() == JsonToken.FIELD_NAME) {
                String member = in.currentName();
                JsonToken value = next();
                if (member.equals("results")) {
                    expect(value, JsonToken.START_OBJECT, "results");
                    members(results);
                } else {
                    pass(value);
                }
            }
            if (in.nextToken() != null) {
                throw new RefutedException("answer: something follows the object");
            }
            return results;
        }

        private void members(Map<String, Object> results) throws IOException, RefutedException {
            while (next() == JsonToken.FIELD_NAME) {
                String member = in.currentName();
                switch (next()) {
                    case VALUE_STRING -> results.put(member, in.getText());
                    case VALUE_NUMBER_INT -> results.put(member, in.getLongValue());
                    case START_ARRAY -> results.put(member, array());
                    case VALUE_NULL -> {}
                    default -> {
                        results.put(member, OTHER);
                        pass(in.currentToken());
                    }
                }
            }
        }

        private List<Object> array() throws IOException, RefutedException {
            List<Object> values = new ArrayList<>();
            for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
                if (token == JsonToken.VALUE_STRING) {
                    values.add(in.getText());
                } else {
                    pass(token);
                }
            }
            return values;
        }

        private void pass(JsonToken first) throws IOException, RefutedException {
            int depth = 0;
            JsonToken token = first;
            while (true) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth == 0) {
                    return;
                }
                token = next();
            }
        }

        private JsonToken next() throws IOException, RefutedException {
            JsonToken token = in.nextToken();
            if (token == null) {
                throw new RefutedException("answer: ends too early");
            }
            if (++tokens > MAX_TOKENS) {
                throw new RefutedException("answer: more than " + MAX_TOKENS + " JSON tokens");
            }
            return token;
        }

        private static void expect(JsonToken token, JsonToken expected, String what)
                throws RefutedException {
            if (token != expected) {
                throw new RefutedException("answer: " + what + " is not an object");
            }
        }
    }
}
