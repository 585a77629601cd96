// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads what {@code EnvironmentFile=} names (systemd.exec(5)): assignments, one a line, comments by
 * # or ;, values in quotes or not. Blanks within a value stay; a backslash takes the next character
 * as it is, in double quotes only before those that need it, and joins lines.
 */
final class EnvironmentFile {
    private static final String ESCAPED_IN_QUOTES = "\"\\`$";

    private final String text;
    private final Map<String, String> variables = new HashMap<>();
    private int at;

    private EnvironmentFile(String text) {
        this.text = text;
    }

    /** The variables; of two with one name the later counts. */
    static Map<String, String> parse(String text) {
        EnvironmentFile file = new EnvironmentFile(text);
        while (file.at < text.length()) {
            file.line();
        }
        return file.variables;
    }

    private void line() {
        skipBlanks();
        boolean comment = at < text.length() && "#;".indexOf(text.charAt(at)) >= 0;
        int end = endOfLine();
        int equals = text.indexOf('=', at);
        if (comment || equals < 0 || equals > end) {
            at = end + 1;
            return;
        }
        String name = text.substring(at, equals).strip();
        at = equals + 1;
        String value = value();
        if (!name.isEmpty()) {
            variables.put(name, value);
        }
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private int endOfLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private String value() {
        StringBuilder value = new StringBuilder();
        int kept = 0; // blanks behind it are not of the value
        skipBlanks();
        while (at < text.length() && text.charAt(at) != '\n') {
            char next = text.charAt(at++);
            switch (next) {
                case '"', '\'' -> quoted(next, value);
                case '\\' -> escaped(value);
                default -> value.append(next);
            }
            kept = " \t\r".indexOf(next) < 0 ? value.length() : kept;
        }
        at++;
        value.setLength(kept);
        return value.toString();
    }

    private void quoted(char quote, StringBuilder value) {
        while (at < text.length() && text.charAt(at) != quote) {
            char next = text.charAt(at++);
            if (next == '\\' && quote == '"') {
                escapedInQuotes(value);
            } else {
                value.append(next);
            }
        }
        at++;
    }

    private void escapedInQuotes(StringBuilder value) {
        boolean special =
                at < text.length()
                        && (text.charAt(at) == '\n'
                                || ESCAPED_IN_QUOTES.indexOf(text.charAt(at)) >= 0);
        if (special) {
            escaped(value);
        } else {
            value.append('\\');
        }
    }

    private void escaped(StringBuilder value) {
        if (at < text.length() && text.charAt(at) != '\n') {
            value.append(text.charAt(at));
        }
        at++;
    }
}
