// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.toml.Shown;
import attestation.config.toml.TomlValue;

import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Any value that a file holds as text; the parser says what is legal by throwing. */
final class TextType<T> implements ValueType<T> {
    private static final int MAX_CHARS = 4096;

    private final String expected;
    private final Function<String, T> parser;
    private final Function<T, String> printer;
    private final BiFunction<T, Path, T> resolver;
    private final boolean secret;

    private TextType(
            String expected,
            Function<String, T> parser,
            Function<T, String> printer,
            BiFunction<T, Path, T> resolver,
            boolean secret) {
        this.expected = expected;
        this.parser = parser;
        this.printer = printer;
        this.resolver = resolver;
        this.secret = secret;
    }

    /**
     * @param parser throws {@link IllegalArgumentException} on what is not legal
     */
    static <T> TextType<T> of(
            String expected, Function<String, T> parser, Function<T, String> printer) {
        return new TextType<>(expected, parser, printer, (value, base) -> value, false);
    }

    TextType<T> resolvedBy(BiFunction<T, Path, T> how) {
        return new TextType<>(expected, parser, printer, how, secret);
    }

    TextType<T> hidden() {
        return new TextType<>(expected, parser, printer, resolver, true);
    }

    @Override
    public T fromToml(TomlValue value) throws BadValueException {
        if (value instanceof TomlValue.Text(String text)) {
            return fromText(text);
        }
        throw new BadValueException(secret ? "***" : Shown.value(value), "text: " + expected);
    }

    @Override
    public T fromText(String text) throws BadValueException {
        try {
            if (text.length() <= MAX_CHARS && text.indexOf('\0') < 0) {
                return parser.apply(text);
            }
        } catch (IllegalArgumentException e) {
            throw bad(text);
        }
        throw bad(text);
    }

    private BadValueException bad(String text) {
        return new BadValueException(secret ? "***" : Shown.text(text), expected);
    }

    @Override
    public String expected() {
        return expected;
    }

    @Override
    public String text(T value) {
        return printer.apply(value);
    }

    @Override
    public String literal(T value) {
        return quote(text(value));
    }

    @Override
    public T resolve(T value, Path base) {
        return resolver.apply(value, base);
    }

    @Override
    public boolean secret() {
        return secret;
    }

    /** A TOML basic string. */
    static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                out.append('\\').append((char) c);
                            } else if (Character.isISOControl(c)) {
                                out.append(String.format("\\u%04x", c));
                            } else {
                                out.appendCodePoint(c);
                            }
                        });
        return out.append('"').toString();
    }
}
