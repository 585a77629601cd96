// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import attestation.agent.https.Untrusted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The history as programs read it, oldest first: one object a line, with {@code at}, {@code
 * section}, {@code health}, {@code text} and {@code next}. Members may be added.
 */
public final class HistoryJson {
    private static final JsonFactory JSON = new JsonFactory();

    private HistoryJson() {}

    static byte[] write(List<HistoryEntry> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.setRootValueSeparator(null);
            for (HistoryEntry entry : entries) {
                json.writeStartObject();
                json.writeStringField("at", entry.at().toString());
                json.writeStringField("section", entry.section());
                json.writeStringField("health", entry.health().name().toLowerCase(Locale.ROOT));
                json.writeStringField("text", entry.text());
                json.writeStringField("next", entry.next());
                json.writeEndObject();
                json.writeRaw('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written to", e);
        }
        return out.toByteArray();
    }

    /**
     * And back.
     *
     * @throws IOException when these are not such lines
     */
    public static List<HistoryEntry> read(byte[] lines) throws IOException {
        List<HistoryEntry> entries = new ArrayList<>();
        try (JsonParser json = JSON.createParser(lines)) {
            while (json.nextToken() == JsonToken.START_OBJECT) {
                Map<String, String> values = new HashMap<>();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    json.skipChildren();
                    values.put(name, String.valueOf(json.getValueAsString()));
                }
                entries.add(entry(values));
            }
        }
        return entries;
    }

    private static HistoryEntry entry(Map<String, String> values) throws IOException {
        String line =
                Stream.of("at", "section", "health", "text", "next")
                        .map(key -> values.getOrDefault(key, ""))
                        .collect(Collectors.joining("\t"));
        return HistoryEntry.parse(line)
                .orElseThrow(
                        () ->
                                new IOException(
                                        "history: not an entry: " + Untrusted.show(line, 80)));
    }
}
