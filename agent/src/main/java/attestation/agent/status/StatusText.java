// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import attestation.agent.https.Untrusted;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * A report as one screen for people: the verdict first, with its reason and the next step, then the
 * sections, aligned. Everything in it is shown as printable ASCII, whatever a file name, a TPM or
 * another program put there.
 */
public final class StatusText {
    private static final int MOST_VALUE = 400;
    private static final int MOST_LIST = 12;

    private StatusText() {}

    /** Ends with a newline. */
    public static String write(StatusReport report) {
        StringBuilder out = new StringBuilder(2048);
        out.append("attestation-agent ").append(safe(report.version())).append(": ");
        out.append(verdict(report.verdict()));
        appendReason(out, report.reason(), report.next(), "");
        out.append("pid ").append(report.pid()).append(", running for ");
        out.append(span(Duration.between(report.since(), report.at()))).append(", since ");
        out.append(report.since().truncatedTo(ChronoUnit.SECONDS)).append('\n');
        int width = width(report);
        report.sections().forEach(section -> write(out, section, width));
        return out.toString();
    }

    private static String verdict(Health health) {
        return switch (health) {
            case OK -> "healthy";
            case DEGRADED -> "degraded";
            case FAILING -> "failing";
        };
    }

    private static void appendReason(StringBuilder out, String reason, String next, String indent) {
        if (!reason.isEmpty()) {
            out.append(" - ").append(safe(reason));
        }
        out.append('\n');
        if (!next.isEmpty()) {
            out.append(indent).append("next: ").append(safe(next)).append('\n');
        }
    }

    private static int width(StatusReport report) {
        int width = 0;
        for (Section section : report.sections()) {
            for (Section.Field field : section.fields()) {
                width = Math.max(width, safe(field.label()).length());
            }
        }
        return Math.min(width, 32);
    }

    private static void write(StringBuilder out, Section section, int width) {
        out.append('\n').append(safe(section.title())).append(": ");
        out.append(section.health().name().toLowerCase(Locale.ROOT));
        appendReason(out, section.reason(), section.next(), "  ");
        for (Section.Field field : section.fields()) {
            String label = safe(field.label());
            out.append("  ").append(label);
            out.append(" ".repeat(Math.max(1, width + 2 - label.length())));
            out.append(value(field.value(), width)).append('\n');
        }
    }

    private static String value(Object value, int width) {
        return switch (value) {
            case Boolean flag -> flag ? "yes" : "no";
            case Double number -> String.format(Locale.ROOT, "%.1f", number);
            case Long number -> String.format(Locale.ROOT, "%,d", number);
            case List<?> list -> lines(list, width);
            default -> safe(value.toString());
        };
    }

    private static String lines(List<?> list, int width) {
        if (list.isEmpty()) {
            return "-";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(list.size(), MOST_LIST); i++) {
            if (i > 0) {
                out.append('\n').append(" ".repeat(width + 4));
            }
            out.append(safe(String.valueOf(list.get(i))));
        }
        if (list.size() > MOST_LIST) {
            out.append('\n').append(" ".repeat(width + 4));
            out.append("and ").append(list.size() - MOST_LIST).append(" more");
        }
        return out.toString();
    }

    private static String safe(String text) {
        return Untrusted.show(text, MOST_VALUE);
    }

    /** Two units are enough: 3d 4h, 2h 5m, 7m 1s. */
    static String span(Duration time) {
        if (time.isNegative()) {
            return "0s";
        }
        if (time.toDays() > 0) {
            return time.toDays() + "d " + time.toHoursPart() + "h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + "h " + time.toMinutesPart() + "m";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + "m " + time.toSecondsPart() + "s"
                : time.toSeconds() + "s";
    }
}
