// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.fixtures.Await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The agent as a process of its own, as a service manager starts it. */
final class DaemonProcess implements AutoCloseable {
    private final Process process;
    private final Path output;

    DaemonProcess(Path config) throws IOException {
        output = Files.createTempFile(config.getParent(), "agent", ".log");
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classPath,
                        "attestation.agent.cli.Main",
                        "run",
                        "--config",
                        config.toString());
        process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    long pid() {
        return process.pid();
    }

    void awaitOutput(String text) throws IOException {
        try {
            Await.until(text, () -> output().contains(text) || !process.isAlive());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + output(), e);
        }
        if (!output().contains(text)) {
            throw new AssertionError("ended without \"" + text + "\"\n" + output());
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    }

    int exitCode() throws InterruptedException, IOException {
        if (!process.waitFor(50, TimeUnit.SECONDS)) {
            throw new AssertionError("still running\n" + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
