// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sets java.util.logging up for a daemon: one stream, one line per record, priorities where the
 * journal reads. The level is for our own loggers; of others' code only warnings and worse are
 * shown, unless the level is finer than FINE.
 */
public final class JournalLogging {

    /** Held here: java.util.logging forgets a logger, and its level, that nobody holds. */
    private static final Logger OURS = Logger.getLogger("attestation");

    private static final Logger ROOT = Logger.getLogger("");

    private JournalLogging() {}

    /**
     * Logs to a stream, in the journal's form if it is the journal, from now on and nowhere else.
     */
    public static void configure(Level level, PrintStream stream) {
        configure(level, stream, isJournal(System.getenv(), Path.of("/proc/self/fd/2")));
    }

    static void configure(Level level, PrintStream stream, boolean journal) {
        LogManager.getLogManager().reset();
        ROOT.addHandler(new StreamHandler(stream, new JournalFormatter(journal)));
        setLevel(level);
    }

    /** Changes the level, as on a reload. */
    public static void setLevel(Level level) {
        OURS.setLevel(level);
        boolean everything = level.intValue() < Level.FINE.intValue();
        ROOT.setLevel(everything ? level : higher(level, Level.WARNING));
    }

    /**
     * Whether a descriptor of ours is the journal's stream: JOURNAL_STREAM names device and inode,
     * and is inherited by processes whose stderr was sent elsewhere.
     */
    static boolean isJournal(Map<String, String> environment, Path descriptor) {
        String stream = environment.get("JOURNAL_STREAM");
        if (stream == null) {
            return false;
        }
        try {
            Object device = Files.getAttribute(descriptor, "unix:dev");
            Object inode = Files.getAttribute(descriptor, "unix:ino");
            return stream.equals(device + ":" + inode);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static Level higher(Level one, Level other) {
        return one.intValue() >= other.intValue() ? one : other;
    }

    /** Whole lines, each in one write; a stream that is gone is nobody's error. */
    private static final class StreamHandler extends Handler {

        private final PrintStream stream;

        StreamHandler(PrintStream stream, Formatter formatter) {
            this.stream = stream;
            setFormatter(formatter);
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord record) {
            if (isLoggable(record)) {
                byte[] line = getFormatter().format(record).getBytes(StandardCharsets.UTF_8);
                synchronized (this) {
                    stream.write(line, 0, line.length);
                    stream.flush();
                }
            }
        }

        @Override
        public void flush() {
            stream.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
