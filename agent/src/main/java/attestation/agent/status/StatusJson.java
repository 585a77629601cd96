// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A report as JSON and back.
 *
 * <pre>
 * {"version":"0.1.0","pid":71,"since":"2026-01-01T00:00:00Z","at":"2026-01-01T00:00:07Z",
 *  "verdict":"degraded","reason":"…","next":"…",
 *  "sections":[{"name":"tpm","title":"TPM","health":"degraded","reason":"…","next":"…",
 *    "fields":{"vendor":"IFX","queue_length":0},"labels":{"vendor":"vendor","queue_length":"queue"}}]}
 * </pre>
 *
 * Member names are stable; members may be added, so a reader skips what it does not know. A health
 * is {@code ok}, {@code degraded} or {@code failing}.
 */
public final class StatusJson {
    private static final int MOST_STRING = 64 * 1024;
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(16)
                                    .maxStringLength(MOST_STRING)
                                    .maxNumberLength(40)
                                    .build())
                    .build();

    private StatusJson() {}

    /** One line of UTF-8. */
    public static byte[] write(StatusReport report) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("version", report.version());
            json.writeNumberField("pid", report.pid());
            json.writeStringField("since", report.since().toString());
            json.writeStringField("at", report.at().toString());
            json.writeStringField("verdict", word(report.verdict()));
            json.writeStringField("reason", report.reason());
            json.writeStringField("next", report.next());
            json.writeArrayFieldStart("sections");
            for (Section section : report.sections()) {
                write(json, section);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written to", e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Section section) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", section.name());
        json.writeStringField("title", section.title());
        json.writeStringField("health", word(section.health()));
        json.writeStringField("reason", section.reason());
        json.writeStringField("next", section.next());
        json.writeObjectFieldStart("fields");
        for (Section.Field field : section.fields()) {
            json.writeFieldName(field.key());
            write(json, field.value());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("labels");
        for (Section.Field field : section.fields()) {
            json.writeStringField(field.key(), field.label());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case Boolean flag -> json.writeBoolean(flag);
            case Long number -> json.writeNumber(number);
            case Integer number -> json.writeNumber(number);
            case Double number when Double.isFinite(number) -> json.writeNumber(number);
            case List<?> list -> {
                json.writeStartArray();
                for (Object element : list) {
                    json.writeString(String.valueOf(element));
                }
                json.writeEndArray();
            }
            default -> json.writeString(value.toString());
        }
    }

    static String word(Health health) {
        return health.name().toLowerCase(Locale.ROOT);
    }

    /**
     * A report that another agent, maybe a newer one, wrote.
     *
     * @throws IOException when it is not such JSON, with the reason
     */
    public static StatusReport read(byte[] json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("status: not a JSON object");
            }
            Map<String, Object> members = object(parser);
            if (parser.nextToken() != null) {
                throw new IOException("status: something follows the JSON object");
            }
            return report(members);
        } catch (DateTimeException | IllegalArgumentException | ClassCastException e) {
            throw new IOException("status: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            Object value = value(parser, parser.nextToken());
            if (value != null && members.put(name, value) != null) {
                throw new IOException("status: member " + name + " is given twice");
            }
        }
        return members;
    }

    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token)
            throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default -> throw new IOException("status: JSON ends early");
        };
    }

    private static List<Object> array(JsonParser parser) throws IOException {
        List<Object> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            Object value = value(parser, token);
            if (value != null) {
                elements.add(value);
            }
        }
        return elements;
    }

    private static StatusReport report(Map<String, Object> json) {
        List<Section> sections = new ArrayList<>();
        for (Object section : (List<?>) member(json, "sections")) {
            sections.add(section((Map<?, ?>) section));
        }
        return new StatusReport(
                text(json, "version"),
                (Long) member(json, "pid"),
                Instant.parse(text(json, "since")),
                Instant.parse(text(json, "at")),
                health(text(json, "verdict")),
                text(json, "reason"),
                text(json, "next"),
                sections);
    }

    private static Section section(Map<?, ?> json) {
        List<Section.Field> fields = new ArrayList<>();
        Map<?, ?> labels = (Map<?, ?>) member(json, "labels");
        for (Map.Entry<?, ?> field : ((Map<?, ?>) member(json, "fields")).entrySet()) {
            String key = String.valueOf(field.getKey());
            Object label = labels.get(key);
            Object value = field.getValue();
            if (value != null) {
                String shown = label == null ? key : String.valueOf(label);
                fields.add(new Section.Field(key, shown, value));
            }
        }
        return new Section(
                text(json, "name"),
                text(json, "title"),
                health(text(json, "health")),
                text(json, "reason"),
                text(json, "next"),
                fields);
    }

    private static Health health(String word) {
        return Health.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static String text(Map<?, ?> json, String name) {
        return (String) member(json, name);
    }

    private static Object member(Map<?, ?> json, String name) {
        Object value = json.get(name);
        if (value == null) {
            throw new IllegalArgumentException("member " + name + " is missing");
        }
        return value;
    }
}
