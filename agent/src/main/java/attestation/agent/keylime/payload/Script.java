// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.keylime.wire.Shown;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Runs one program in a session, hence a process group, of its own: stdin empty, output drained
 * line by line, killed with its group after the time-out or when the agent stops.
 */
final class Script {
    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_LINES = 1000;
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final Duration DRAIN = Duration.ofSeconds(1);

    private final List<String> command;
    private final Path directory;
    private final Duration timeout;
    private final BiConsumer<String, String> lines;

    /**
     * @param lines gets each output line, as {@code stdout} or {@code stderr}
     */
    Script(
            List<String> command,
            Path directory,
            Duration timeout,
            BiConsumer<String, String> lines) {
        this.command = command;
        this.directory = directory;
        this.timeout = timeout;
        this.lines = lines;
    }

    /**
     * Runs to the end.
     *
     * @return exit status; 128 + signal when killed by one
     * @throws PayloadException when it cannot be started or takes too long
     */
    int run() throws PayloadException, InterruptedException {
        Process process = start();
        var out = drain(process.getInputStream(), "stdout");
        var err = drain(process.getErrorStream(), "stderr");
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PayloadException(
                        "%s: killed after %d s (expected: to end within)"
                                .formatted(command.getLast(), timeout.toSeconds()));
            }
            // A daemon that it left behind may hold the pipes open for ever.
            out.join(DRAIN);
            err.join(DRAIN);
            return process.exitValue();
        } finally {
            if (process.isAlive()) {
                killGroup(process);
            }
            close(process);
        }
    }

    private Process start() throws PayloadException {
        var session = new ArrayList<String>(List.of("setsid"));
        session.addAll(command);
        var builder =
                new ProcessBuilder(session)
                        .directory(directory.toFile())
                        .redirectInput(new File("/dev/null"));
        withoutSecrets(builder.environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new PayloadException(
                    "%s: cannot be started - %s".formatted(command.getLast(), e.getMessage()), e);
        }
    }

    /** What the service manager and the configuration gave to the agent alone. */
    private static void withoutSecrets(Map<String, String> environment) {
        environment
                .keySet()
                .removeIf(
                        name ->
                                name.startsWith("LISTEN_")
                                        || name.startsWith("WATCHDOG_")
                                        || name.equals("NOTIFY_SOCKET")
                                        || name.equals("CREDENTIALS_DIRECTORY")
                                        || name.toUpperCase(Locale.ROOT).contains("PASSWORD"));
    }

    private Thread drain(InputStream in, String name) {
        return Thread.ofPlatform().daemon().name("script-" + name).start(() -> pump(in, name));
    }

    private void pump(InputStream in, String name) {
        var line = new byte[MAX_LINE_BYTES];
        int length = 0;
        long count = 0;
        try (in) {
            for (int c = in.read(); c >= 0; c = in.read()) {
                boolean ends = c == '\n';
                if (!ends) {
                    line[length++] = (byte) c;
                }
                if (ends || length == MAX_LINE_BYTES) {
                    show(line, length, name, ++count);
                    length = 0;
                }
            }
        } catch (IOException e) {
            // closed under us, after the program had ended
        }
        if (length > 0) {
            show(line, length, name, ++count);
        }
        if (count > MAX_LINES) {
            lines.accept(name, "(%d more lines not shown)".formatted(count - MAX_LINES));
        }
    }

    private void show(byte[] line, int length, String name, long count) {
        if (count <= MAX_LINES) {
            lines.accept(name, Shown.text(new String(line, 0, length, StandardCharsets.UTF_8)));
        }
    }

    /** The process is its group's leader, as setsid made it. */
    private static void killGroup(Process process) {
        signal(process, "TERM");
        try {
            if (process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                signal(process, "KILL"); // what it left of its group
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stopping: no grace
        }
        signal(process, "KILL");
        process.destroyForcibly();
    }

    private static void signal(Process process, String name) {
        String command = "kill -s %s -- -%d".formatted(name, process.pid());
        try {
            new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            process.destroyForcibly();
        }
    }

    private static void close(Process process) {
        try {
            process.getInputStream().close();
            process.getErrorStream().close();
        } catch (IOException e) {
            // closed is what it was to be
        }
    }
}
