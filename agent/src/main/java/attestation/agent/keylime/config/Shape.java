// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.toml.TomlValue;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an option holds; as lenient as Keylime's agent is. */
enum Shape {
    TEXT("text") {
        @Override
        Optional<TomlValue> read(TomlValue value) {
            return switch (value) {
                case TomlValue.Text text -> Optional.of(text);
                case TomlValue.Whole(BigInteger number) -> text(number.toString());
                case TomlValue.Decimal(String number) -> text(number);
                case TomlValue.Bool(boolean bool) -> text(String.valueOf(bool));
                case TomlValue.Items items -> Optional.empty();
                case TomlValue.Table table -> Optional.empty();
            };
        }
    },
    WHOLE("a whole number") {
        @Override
        Optional<TomlValue> read(TomlValue value) {
            return switch (value) {
                case TomlValue.Whole whole -> Optional.of(whole);
                case TomlValue.Text(String text) when DIGITS.matcher(text).matches() ->
                        Optional.of(new TomlValue.Whole(new BigInteger(text)));
                default -> Optional.empty();
            };
        }
    },
    SWITCH("true or false") {
        @Override
        Optional<TomlValue> read(TomlValue value) {
            return switch (value) {
                case TomlValue.Bool bool -> Optional.of(bool);
                case TomlValue.Whole(BigInteger number) -> word(number.toString());
                case TomlValue.Text(String text) -> word(text.toLowerCase(Locale.ROOT));
                default -> Optional.empty();
            };
        }
    },
    LIST("a list") {
        @Override
        Optional<TomlValue> read(TomlValue value) {
            return switch (value) {
                case TomlValue.Items items -> Optional.of(items);
                case TomlValue.Text(String text) -> Optional.of(ListText.parse(text));
                default -> Optional.empty();
            };
        }
    };

    private static final Pattern DIGITS = Pattern.compile("[+-]?[0-9]{1,20}");
    private static final List<String> YES = List.of("1", "true", "yes", "on");
    private static final List<String> NO = List.of("0", "false", "no", "off");

    private final String expected;

    Shape(String expected) {
        this.expected = expected;
    }

    /** The value in this shape, or empty if it has none. */
    abstract Optional<TomlValue> read(TomlValue value);

    /** In words. */
    String expected() {
        return expected;
    }

    private static Optional<TomlValue> text(String text) {
        return Optional.of(new TomlValue.Text(text));
    }

    private static Optional<TomlValue> word(String word) {
        return YES.contains(word) || NO.contains(word)
                ? Optional.of(new TomlValue.Bool(YES.contains(word)))
                : Optional.empty();
    }
}
