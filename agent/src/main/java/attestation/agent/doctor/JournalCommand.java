// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The journal of this boot, by {@code journalctl}; bounded in size and time. */
public final class JournalCommand implements Journal {
    private static final int MAX_BYTES = 8 << 20;
    private static final long LIMIT_SECONDS = 30;

    @Override
    public Reading kernel() {
        return run("_TRANSPORT=kernel", "+", "_TRANSPORT=audit");
    }

    @Override
    public Reading manager() {
        return run("_PID=1", "--grep=IMA");
    }

    private static Reading run(String... matches) {
        List<String> command =
                new ArrayList<>(List.of("journalctl", "-b", "-q", "--no-pager", "-o", "cat"));
        command.addAll(List.of(matches));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                            .start();
            return result(process);
        } catch (IOException e) {
            return new Reading.Unreadable("no journalctl");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reading.Unreadable("interrupted");
        }
    }

    /** Exit code 1 is also "no match"; nothing at all means that this user sees no journal. */
    private static Reading result(Process process) throws IOException, InterruptedException {
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return new Reading.Unreadable("journalctl still runs after 30 s");
            }
            return text.isEmpty()
                    ? new Reading.Unreadable("no message visible to this user")
                    : new Reading.Content(text);
        } finally {
            process.destroyForcibly();
        }
    }
}
