// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Locale;
import java.util.Map;

/** The report for people. */
public final class ReportText {
    private ReportText() {}

    /** A line for each check, and the verdict. */
    public static String render(Report report) {
        StringBuilder text = new StringBuilder();
        text.append(Printable.text(report.subject())).append('\n');
        for (Check check : report.checks()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "  %-7s %-10s %s%n",
                            check.result().word(),
                            check.name(),
                            check.text()));
        }
        return text.append(verdict(report)).append('\n').toString();
    }

    private static String verdict(Report report) {
        return switch (report.verdict()) {
            case VERIFIED -> "verified" + entries(report.facts());
            case REFUTED -> "REFUTED by " + cause(report);
            case UNDECIDED -> "could not tell: " + cause(report);
        };
    }

    private static String entries(Map<String, Object> facts) {
        if (!facts.containsKey("proven_entries")) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                ": %s of %s entries proven, next line %s",
                facts.get("proven_entries"),
                facts.get("list_entries"),
                facts.get("next_line"));
    }

    private static String cause(Report report) {
        return report.cause().map(Check::name).orElse("nothing to check");
    }
}
