// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

/** Untrusted text made fit for a terminal and a log line: escaped and of bounded length. */
public final class Shown {
    private static final int MAX_CHARS = 80;

    private Shown() {}

    /** Without quotes, for names. */
    public static String name(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(MAX_CHARS).forEach(c -> append(out, c));
        return text.codePointCount(0, text.length()) > MAX_CHARS ? out + "…" : out.toString();
    }

    /** In quotes, for values. */
    public static String text(String text) {
        return '"' + name(text) + '"';
    }

    /** A value of a file, short. */
    public static String value(TomlValue value) {
        return switch (value) {
            case TomlValue.Text(String text) -> text(text);
            case TomlValue.Whole(var number) -> name(number.toString());
            case TomlValue.Decimal(String number) -> name(number);
            case TomlValue.Bool(boolean bool) -> String.valueOf(bool);
            case TomlValue.Items items -> items.kind();
            case TomlValue.Table table -> table.kind();
        };
    }

    private static void append(StringBuilder out, int c) {
        if (c == '"' || c == '\\') {
            out.append('\\').append((char) c);
        } else if (invisible(c)) {
            out.append(String.format("\\u%04x", c));
        } else {
            out.appendCodePoint(c);
        }
    }

    private static boolean invisible(int c) {
        return Character.isISOControl(c)
                || switch (Character.getType(c)) {
                    case Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR ->
                            true;
                    default -> false;
                };
    }
}
