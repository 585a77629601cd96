// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import org.jspecify.annotations.Nullable;

import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * One line per record, whatever it holds. For the journal with the priority in front that {@code
 * sd-daemon(3)} knows ({@code <3>} to {@code <7>}), else with time (UTC) and level for people.
 * Control characters are escaped, a line is cut at 8192 chars, an exception becomes {@code
 * error="…"} with its chain of causes, and a record of someone else's code says whose. Any thread.
 */
public final class JournalFormatter extends Formatter {

    private static final int MAX_LINE = 8192;
    private static final int MAX_CAUSES = 8;
    private static final int MAX_CAUSE_TEXT = 500;
    private static final String OURS = "attestation";

    private final boolean journal;

    /** For the journal, or for people. */
    public JournalFormatter(boolean journal) {
        this.journal = journal;
    }

    @Override
    public String format(LogRecord record) {
        StringBuilder line = new StringBuilder(160);
        if (!journal) {
            line.append(record.getInstant().truncatedTo(ChronoUnit.MILLIS)).append(' ');
            line.append(name(record.getLevel())).append(' ');
        }
        String message = formatMessage(record);
        line.append(LogText.escape(message == null ? "null" : message));
        appendSource(line, record.getLoggerName());
        appendError(line, record.getThrown());
        String text = LogText.limit(line.toString(), MAX_LINE) + "\n";
        return journal ? "<" + priority(record.getLevel()) + ">" + text : text;
    }

    private static void appendSource(StringBuilder line, @Nullable String logger) {
        if (logger != null && !logger.equals(OURS) && !logger.startsWith(OURS + ".")) {
            line.append(" logger=").append(LogText.escape(logger));
        }
    }

    private static void appendError(StringBuilder line, @Nullable Throwable thrown) {
        if (thrown == null) {
            return;
        }
        line.append(" error=\"");
        Throwable cause = thrown;
        Throwable last = thrown;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            line.append(i == 0 ? "" : " <- ").append(text(cause).replace("\"", "\\\""));
            last = cause;
            cause = cause.getCause();
        }
        line.append(cause == null ? "\"" : " <- …\"");
        StackTraceElement[] stack = last.getStackTrace();
        if (stack.length > 0) {
            line.append(" at=").append(LogText.escape(stack[0].toString()));
        }
    }

    private static String text(Throwable cause) {
        String message = cause.getMessage();
        String type = cause.getClass().getSimpleName();
        String text = message == null ? type : type + ": " + message;
        return LogText.escape(LogText.limit(text, MAX_CAUSE_TEXT));
    }

    private static String name(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (value >= Level.WARNING.intValue()) {
            return "WARN ";
        }
        if (value >= Level.CONFIG.intValue()) {
            return "INFO ";
        }
        return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    private static int priority(Level level) {
        return switch (name(level)) {
            case "ERROR" -> 3;
            case "WARN " -> 4;
            case "INFO " -> 6;
            default -> 7;
        };
    }
}
