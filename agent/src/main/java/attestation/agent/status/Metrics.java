// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Numbers of a report in the Prometheus text format 0.0.4: {@code attestation_agent_SECTION_KEY}; a
 * key that ends in {@code _total} is a counter, any other number a gauge, a boolean 0 or 1.
 */
final class Metrics {
    private static final String PREFIX = "attestation_agent_";

    private Metrics() {}

    static byte[] write(StatusReport report) {
        StringBuilder out = new StringBuilder(4096);
        type(out, PREFIX + "info", "gauge");
        out.append(PREFIX + "info{version=\"").append(label(report.version())).append("\"} 1\n");
        sample(out, PREFIX + "start_time_seconds", "gauge", seconds(report));
        sample(out, PREFIX + "verdict", "gauge", level(report.verdict()));
        type(out, PREFIX + "section_health", "gauge");
        for (Section section : report.sections()) {
            out.append(PREFIX + "section_health{section=\"")
                    .append(label(section.name()))
                    .append("\"} ")
                    .append(level(section.health()))
                    .append('\n');
        }
        report.sections().forEach(section -> write(out, section));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String level(Health health) {
        return switch (health) {
            case OK -> "0";
            case DEGRADED -> "1";
            case FAILING -> "2";
        };
    }

    private static String seconds(StatusReport report) {
        return String.valueOf(report.since().getEpochSecond());
    }

    private static void write(StringBuilder out, Section section) {
        for (Section.Field field : section.fields()) {
            String value = number(field.value());
            if (!value.isEmpty()) {
                String name = PREFIX + word(section.name()) + "_" + word(field.key());
                sample(out, name, name.endsWith("_total") ? "counter" : "gauge", value);
            }
        }
    }

    private static String number(Object value) {
        return switch (value) {
            case Long number -> number.toString();
            case Integer number -> number.toString();
            case Double number -> number.isInfinite() ? infinite(number) : number.toString();
            case Boolean flag -> flag ? "1" : "0";
            default -> "";
        };
    }

    private static String infinite(double number) {
        return number > 0 ? "+Inf" : "-Inf";
    }

    private static void sample(StringBuilder out, String name, String type, String value) {
        type(out, name, type);
        out.append(name).append(' ').append(value).append('\n');
    }

    private static void type(StringBuilder out, String name, String type) {
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /** Metric names know only these characters. */
    private static String word(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    }

    private static String label(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
