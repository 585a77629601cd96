// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a program of the host prints; bounded in size and time. */
final class CommandOutput {
    private static final int MAX_BYTES = 8 << 20;
    private static final long LIMIT_SECONDS = 30;

    private CommandOutput() {}

    /**
     * @param whenEmpty why nothing may have been printed; the exit code does not tell
     */
    static Reading of(List<String> command, String whenEmpty) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .start();
            return result(process, command.getFirst(), whenEmpty);
        } catch (IOException e) {
            return new Reading.Unreadable("no " + command.getFirst());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reading.Unreadable("interrupted");
        }
    }

    private static Reading result(Process process, String name, String whenEmpty)
            throws IOException, InterruptedException {
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return new Reading.Unreadable(name + " still runs after 30 s");
            }
            return text.isEmpty() ? new Reading.Unreadable(whenEmpty) : new Reading.Content(text);
        } finally {
            process.destroyForcibly();
        }
    }
}
