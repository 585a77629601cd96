// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What one logger writes, as level and message, instead of where it goes otherwise. */
public final class LogLines extends Handler {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger log;

    private LogLines(Logger log) {
        this.log = log;
    }

    public static LogLines of(String logger) {
        LogLines handler = new LogLines(Logger.getLogger(logger));
        handler.log.setUseParentHandlers(false);
        handler.log.addHandler(handler);
        return handler;
    }

    public List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(line.getLevel() + " " + line.getMessage());
    }

    @Override
    public void flush() {}

    /** The logger writes where it did before. */
    @Override
    public void close() {
        log.removeHandler(this);
        log.setUseParentHandlers(true);
    }
}
