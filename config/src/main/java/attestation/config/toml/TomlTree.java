// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * TOML text to a tree, by Jackson's streaming interface: an object mapper would cost the start of
 * the daemon a tenth of a second.
 */
final class TomlTree {
    private static final int MAX_DEPTH = 16;

    private TomlTree() {}

    static Map<String, TomlValue> parse(String text) throws IOException {
        TomlFactory factory = new TomlFactory();
        factory.setStreamReadConstraints(
                StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(1000)
                        .maxNumberLength(100)
                        .build());
        try (JsonParser parser = factory.createParser(text)) {
            parser.nextToken();
            return table(parser, 0);
        }
    }

    private static Map<String, TomlValue> table(JsonParser parser, int depth) throws IOException {
        requireShallow(depth);
        Map<String, TomlValue> values = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            values.put(name, value(parser, depth));
        }
        return values;
    }

    /** Dotted keys nest, too, and Jackson does not count them. */
    private static void requireShallow(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("nested too deeply");
        }
    }

    private static TomlValue value(JsonParser parser, int depth) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> new TomlValue.Text(parser.getText());
            case VALUE_NUMBER_INT -> new TomlValue.Whole(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> new TomlValue.Decimal(parser.getText());
            case VALUE_TRUE -> new TomlValue.Bool(true);
            case VALUE_FALSE -> new TomlValue.Bool(false);
            case START_ARRAY -> new TomlValue.Items(items(parser, depth + 1));
            case START_OBJECT -> new TomlValue.Table(table(parser, depth + 1));
            default -> throw new IOException("unexpected token " + parser.currentToken());
        };
    }

    private static List<TomlValue> items(JsonParser parser, int depth) throws IOException {
        requireShallow(depth);
        List<TomlValue> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser, depth));
        }
        return values;
    }

    /** What Jackson found, in our words: its own may repeat a value. */
    static String explain(JsonProcessingException error) {
        String text = String.valueOf(error.getOriginalMessage());
        return switch (text) {
            case "Unknown token" ->
                    "not a TOML value (expected: text in quotes, a number, true or false)";
            case "Newline not permitted here" ->
                    "the line ends too early (expected: a value, or a closing quote or bracket)";
            case "Premature end of file" ->
                    "the file ends too early (expected: a closing quote or bracket)";
            case "Unknown escape sequence" ->
                    "unknown escape sequence (expected: \\\\ for a backslash)";
            case "Illegal control character" -> "control character (expected: printable text)";
            default -> explainByStart(text);
        };
    }

    private static String explainByStart(String text) {
        if (text.startsWith("Zero-prefixed ints")) {
            return "number with leading zero (expected: text in quotes, or a number without it)";
        }
        if (text.startsWith("More data after value")) {
            return "something follows the value (expected: end of line)";
        }
        return "not valid TOML";
    }
}
