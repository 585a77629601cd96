// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.CapturedOutput;
import attestation.fixtures.Tool;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

class JournalLoggingTest {

    @TempDir Path folder = Path.of("set by JUnit");

    private final CapturedOutput output = new CapturedOutput();

    @AfterEach
    void asBefore() throws IOException {
        LogManager.getLogManager().readConfiguration();
    }

    @Test
    void configure_levels_areOursAndOthers() {
        JournalLogging.configure(Level.INFO, output.stream(), true);
        Logger ours = Logger.getLogger("attestation.agent");
        Logger others = Logger.getLogger("io.netty");
        ours.fine("no");
        ours.info("yes");
        others.info("no");
        others.warning("yes");
        JournalLogging.setLevel(Level.FINE);
        ours.fine("debug");
        others.info("no");
        JournalLogging.setLevel(Level.FINEST);
        others.fine("all");
        JournalLogging.setLevel(Level.SEVERE);
        ours.warning("no");
        others.warning("no");
        assertEquals(
                List.of("<6>yes", "<4>yes logger=io.netty", "<7>debug", "<7>all logger=io.netty"),
                output.lines());
    }

    @Test
    void isJournal_onlyWhereTheDescriptorIsTheStream() throws IOException {
        Path file = Files.createFile(folder.resolve("stream"));
        String id = Tool.run("stat", "-c", "%d:%i", file.toString()).text();
        assertTrue(JournalLogging.isJournal(Map.of("JOURNAL_STREAM", id), file));
        assertFalse(JournalLogging.isJournal(Map.of("JOURNAL_STREAM", id + "1"), file));
        assertFalse(JournalLogging.isJournal(Map.of("JOURNAL_STREAM", "x"), file));
        assertFalse(JournalLogging.isJournal(Map.of(), file));
        assertFalse(JournalLogging.isJournal(Map.of("JOURNAL_STREAM", id), folder.resolve("gone")));
    }

    /** A process of its own, whose stderr is the stream that its environment names. */
    @Test
    void configure_stderrIsTheJournalsStream_hasPriorities() throws IOException {
        Path stream = Files.createFile(folder.resolve("stream"));
        String id = Tool.run("stat", "-c", "%d:%i", stream.toString()).text();
        String java = ProcessHandle.current().info().command().orElseThrow();
        String script =
                "exec %s -cp '%s' '%s' 2>>%s"
                        .formatted(
                                java,
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                stream);
        List<String> command = List.of("bash", "-c", script);
        Tool.run(folder, Map.of("JOURNAL_STREAM", id), command);
        Tool.run(folder, Map.of("JOURNAL_STREAM", "1:2"), command);
        List<String> lines = Files.readAllLines(stream);
        assertEquals("<4>careful", lines.get(0));
        assertTrue(lines.get(1).matches("20.*Z WARN  careful"), lines.get(1));
    }

    /** Logs one line. */
    static final class Child {
        public static void main(String[] arguments) {
            JournalLogging.configure(Level.INFO, System.err);
            Logger.getLogger("attestation.child").warning("careful");
        }
    }
}
