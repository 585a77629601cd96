// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** The history as people read it. */
public final class HistoryText {
    private HistoryText() {}

    /** A table, newest last; ends with a newline. */
    public static String write(List<HistoryEntry> entries) {
        StringBuilder out = new StringBuilder();
        for (HistoryEntry entry : entries) {
            out.append(entry.at().truncatedTo(ChronoUnit.SECONDS)).append("  ");
            out.append(pad(entry.health().name().toLowerCase(Locale.ROOT), 8)).append("  ");
            out.append(pad(entry.section(), 12)).append("  ").append(entry.text()).append('\n');
            if (!entry.next().isEmpty()) {
                out.append(" ".repeat(22)).append("next: ").append(entry.next()).append('\n');
            }
        }
        return out.isEmpty() ? "nothing has happened yet\n" : out.toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
