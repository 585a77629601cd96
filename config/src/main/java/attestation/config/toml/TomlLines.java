// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which line each key and table of a TOML text stands on. Jackson's TOML parser builds a tree first
 * and gives no locations for it, so the text is walked once more: strings, comments and brackets
 * are skipped as wholes, everything else is left to Jackson. On text that is not valid TOML the
 * result is a best effort, used for error texts only.
 */
final class TomlLines {
    /** A key or a table that stands in the file twice. */
    record Duplicate(List<String> path, boolean table, int line, int firstLine) {}

    private static final int MAX_DEPTH = 16;

    private final String text;
    private final Map<List<String>, Integer> keys = new HashMap<>();
    private final Map<List<String>, Integer> tables = new HashMap<>();
    private final Map<List<String>, Integer> parents = new HashMap<>();
    private List<String> table = List.of();
    private Optional<Duplicate> duplicate = Optional.empty();

    /** Each element of an array of tables has the same keys, and nobody asks for their lines. */
    private boolean inArray;

    private int at;
    private int line = 1;

    private TomlLines(String text) {
        this.text = text;
    }

    static TomlLines of(String text) {
        TomlLines lines = new TomlLines(text);
        lines.walk();
        return lines;
    }

    /** The line of the key, else of the closest table around it; 1 if nothing is known. */
    int lineOf(List<String> path) {
        for (int length = path.size(); length > 0; length--) {
            List<String> part = path.subList(0, length);
            for (Map<List<String>, Integer> lines : List.of(keys, tables, parents)) {
                Integer found = lines.get(part);
                if (found != null) {
                    return found;
                }
            }
        }
        return 1;
    }

    /** The first key or table that is there twice. */
    Optional<Duplicate> duplicate() {
        return duplicate;
    }

    private void walk() {
        while (at < text.length()) {
            switch (text.charAt(at)) {
                case '\n' -> newline();
                case ' ', '\t', '\r' -> at++;
                case '#' -> skipComment();
                case '[' -> header();
                default -> statement();
            }
        }
    }

    private void newline() {
        at++;
        line++;
    }

    private void skipComment() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    private void header() {
        boolean array = text.startsWith("[[", at);
        inArray = array;
        at += array ? 2 : 1;
        table = path(']');
        if (!array) {
            note(tables, table, true);
        } else {
            tables.putIfAbsent(table, line);
        }
        skipComment();
    }

    private void statement() {
        List<String> path = new ArrayList<>(table);
        path.addAll(path('='));
        if (!inArray && path.size() <= MAX_DEPTH) {
            noteKey(List.copyOf(path));
        }
        skipValue();
    }

    private void noteKey(List<String> path) {
        note(keys, path, false);
        for (int length = table.size() + 1; length < path.size(); length++) {
            parents.putIfAbsent(path.subList(0, length), line);
        }
    }

    private void note(Map<List<String>, Integer> lines, List<String> path, boolean isTable) {
        Integer first = lines.putIfAbsent(path, line);
        if (first != null && duplicate.isEmpty()) {
            duplicate = Optional.of(new Duplicate(path, isTable, line, first));
        }
    }

    /** A dotted key up to {@code end} or the end of the line; stands behind {@code end} then. */
    private List<String> path(char end) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != end) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                part.append(string());
                continue;
            }
            if (c == '.') {
                parts.add(part.toString());
                part.setLength(0);
            } else if (c > ' ') {
                part.append(c);
            }
            at++;
        }
        parts.add(part.toString());
        at += at < text.length() && text.charAt(at) == end ? 1 : 0;
        return List.copyOf(parts);
    }

    private void skipValue() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n' && depth <= 0) {
                return;
            }
            switch (c) {
                case '\n' -> newline();
                case '#' -> skipComment();
                case '"', '\'' -> string();
                default -> {
                    depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
                    at++;
                }
            }
        }
    }

    /** What stands between the quotes, escapes not resolved; counts the lines it covers. */
    private String string() {
        char quote = text.charAt(at);
        String triple = String.valueOf(quote).repeat(3);
        String delimiter = text.startsWith(triple, at) ? triple : triple.substring(0, 1);
        int start = at + delimiter.length();
        int end = closing(start, delimiter);
        String inner = text.substring(start, end);
        line += (int) inner.chars().filter(c -> c == '\n').count();
        at = Math.min(text.length(), end + delimiter.length());
        skipQuotesAtTheEnd(quote, delimiter);
        return inner;
    }

    /** A multi-line string may end in one or two quotes of its own. */
    private void skipQuotesAtTheEnd(char quote, String delimiter) {
        while (delimiter.length() == 3 && at < text.length() && text.charAt(at) == quote) {
            at++;
        }
    }

    private int closing(int from, String delimiter) {
        boolean escapes = delimiter.charAt(0) == '"';
        boolean oneLine = delimiter.length() == 1;
        int i = from;
        while (i < text.length() && !text.startsWith(delimiter, i)) {
            if (oneLine && text.charAt(i) == '\n') {
                return i;
            }
            i += escapes && text.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(i, text.length());
    }
}
