// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;

class JournalFormatterTest {

    private static LogRecord record(Level level, String message) {
        LogRecord record = new LogRecord(level, message);
        record.setLoggerName("attestation.agent.X");
        record.setInstant(Instant.parse("2030-01-02T03:04:05.678901Z"));
        return record;
    }

    private static String journal(LogRecord record) {
        return new JournalFormatter(true).format(record);
    }

    @ParameterizedTest
    @CsvSource({
        "SEVERE,<3>,ERROR",
        "WARNING,<4>,WARN ",
        "INFO,<6>,INFO ",
        "CONFIG,<6>,INFO ",
        "FINE,<7>,DEBUG",
        "FINER,<7>,TRACE",
        "FINEST,<7>,TRACE"
    })
    void format_level_isPriorityOrWord(String level, String priority, String word) {
        LogRecord record = record(Level.parse(level), "agent ready entries=3");
        assertEquals(priority + "agent ready entries=3\n", journal(record));
        assertEquals(
                "2030-01-02T03:04:05.678Z " + word.strip(),
                new JournalFormatter(false).format(record).replaceAll(" +agent.*\n", ""));
    }

    @Test
    void format_hostileText_staysOneLineAndShowsItself() {
        String text =
                "a\n<3>forged\r\t\u001b[31m\u0000\u0085\u2028\u202eevil\ud800\udb40\udc41 ä😀";
        assertEquals(
                "<6>a\\n<3>forged\\r\\t\\x1b[31m\\x00\\x85\\u2028\\u202eevil\\ud800\\udb40\\udc41 ä😀\n",
                journal(record(Level.INFO, text)));
    }

    @Test
    void format_exception_isOneLineWithItsCausesAndPlace() {
        LogRecord record = record(Level.SEVERE, "tpm connection lost");
        IOException cause = new IOException("said \"no\"\nand went");
        cause.setStackTrace(
                new StackTraceElement[] {new StackTraceElement("attestation.X", "m", "X.java", 7)});
        record.setThrown(new IllegalStateException(cause));
        assertEquals(
                "<3>tpm connection lost error=\"IllegalStateException: java.io.IOException: said"
                        + " \\\"no\\\"\\nand went <- IOException: said \\\"no\\\"\\nand went\""
                        + " at=attestation.X.m(X.java:7)\n",
                journal(record));
    }

    @Test
    void format_endlessCauses_end() {
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        LogRecord record = record(Level.SEVERE, "x");
        record.setThrown(one);
        assertTrue(journal(record).contains("Exception: two <- …\""), journal(record));
    }

    @Test
    void format_longLine_isCutAndSaysSo() {
        String line = journal(record(Level.INFO, "x".repeat(10_000)));
        assertEquals("<6>" + "x".repeat(8192) + "… (1808 more)\n", line);
    }

    @Test
    void format_otherPeoplesLogger_isNamed() {
        LogRecord record = record(Level.WARNING, "leak");
        record.setLoggerName("io.netty.util");
        assertEquals("<4>leak logger=io.netty.util\n", journal(record));
    }
}
