// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.Key;
import attestation.config.key.Keys;

import java.util.List;

/** Every key with the value that counts and where it comes from; secrets are masked. */
public record EffectiveConfig(List<Row> rows) {
    /**
     * One key.
     *
     * @param name {@code section.key}
     * @param value TOML literal; a secret is {@code ***}
     * @param unit of a number, or empty
     * @param origin for people: file and line, variable, or default
     * @param writtenAs the name that the operator used where it is another one, else empty
     */
    public record Row(String name, String value, String unit, String origin, String writtenAs) {}

    public EffectiveConfig {
        rows = List.copyOf(rows);
    }

    static EffectiveConfig of(Values values) {
        return new EffectiveConfig(Keys.all().stream().map(key -> row(key, values)).toList());
    }

    private static <T> Row row(Key<T> key, Values values) {
        Assigned<T> assigned = values.assigned(key);
        String writtenAs = assigned.name().equals(key.name()) ? "" : assigned.name();
        return new Row(
                key.name(), values.shown(key), key.unit(), assigned.origin().toString(), writtenAs);
    }

    /** One line a key: {@code https.port = 9002 # /etc/…/agent.toml:14}, aligned; ends in LF. */
    public String render() {
        int width =
                rows.stream()
                        .mapToInt(row -> assignment(row).length())
                        .filter(n -> n < 60)
                        .max()
                        .orElse(0);
        StringBuilder out = new StringBuilder();
        for (Row row : rows) {
            String assignment = assignment(row);
            out.append(assignment).append(" ".repeat(Math.max(0, width - assignment.length())));
            out.append("  # ").append(row.origin());
            out.append(row.writtenAs().isEmpty() ? "" : " (" + row.writtenAs() + ")").append('\n');
        }
        return out.toString();
    }

    private static String assignment(Row row) {
        return row.name() + " = " + row.value();
    }
}
