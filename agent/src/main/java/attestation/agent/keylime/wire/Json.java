// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON in and out by Jackson's streaming core alone, which loads faster and is stricter than object
 * mapping: no duplicate members, nothing after the value, depth at most 16.
 *
 * <p>Objects are maps, arrays are lists, integers are longs; a null member is a null value.
 */
public final class Json {
    private static final int MAX_DEPTH = 16;

    // A thread-local pool would give every virtual thread buffers of its own.
    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    .recyclerPool(JsonRecyclerPools.newBoundedPool(8))
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build();

    private Json() {}

    /** The object as compact JSON, UTF-8; members in the map's order. */
    public static byte[] write(Map<String, ?> object) {
        var bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            writeValue(out, object);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    private static void writeValue(JsonGenerator out, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case String text -> out.writeString(text);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Boolean flag -> out.writeBoolean(flag);
            case Map<?, ?> members -> writeObject(out, members);
            case List<?> elements -> writeArray(out, elements);
            default -> throw new IllegalArgumentException("no JSON form: " + value.getClass());
        }
    }

    private static void writeObject(JsonGenerator out, Map<?, ?> members) throws IOException {
        out.writeStartObject();
        for (var member : members.entrySet()) {
            out.writeFieldName((String) member.getKey());
            writeValue(out, member.getValue());
        }
        out.writeEndObject();
    }

    private static void writeArray(JsonGenerator out, List<?> elements) throws IOException {
        out.writeStartArray();
        for (Object element : elements) {
            writeValue(out, element);
        }
        out.writeEndArray();
    }

    /**
     * The object that the bytes hold.
     *
     * @throws JsonException when they hold anything else, with a reason that names no content
     */
    public static Map<String, @Nullable Object> readObject(byte[] bytes) throws JsonException {
        try (JsonParser in = FACTORY.createParser(bytes)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonException("not a JSON object");
            }
            var object = object(in);
            if (in.nextToken() != null) {
                throw new JsonException("text after the JSON object");
            }
            return object;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new JsonException(reason(e));
        } catch (IOException e) {
            throw new JsonException("not UTF-8 JSON");
        }
    }

    /** Jackson's text without its habit to quote the source, which may hold a secret. */
    private static String reason(com.fasterxml.jackson.core.JsonProcessingException e) {
        var location = e.getLocation();
        String where =
                location == null
                        ? ""
                        : " at line %d column %d"
                                .formatted(location.getLineNr(), location.getColumnNr());
        return "invalid JSON" + where;
    }

    private static Map<String, @Nullable Object> object(JsonParser in)
            throws IOException, JsonException {
        var members = new LinkedHashMap<String, @Nullable Object>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            members.put(name, value(in));
        }
        return members;
    }

    private static @Nullable Object value(JsonParser in) throws IOException, JsonException {
        return switch (in.currentToken()) {
            case START_OBJECT -> object(in);
            case START_ARRAY -> array(in);
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT -> number(in);
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new JsonException("unexpected JSON token " + in.currentToken());
        };
    }

    private static Object number(JsonParser in) throws IOException {
        return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? in.getBigIntegerValue()
                : (Object) in.getLongValue();
    }

    private static List<@Nullable Object> array(JsonParser in) throws IOException, JsonException {
        var elements = new ArrayList<@Nullable Object>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(in));
        }
        return elements;
    }
}
