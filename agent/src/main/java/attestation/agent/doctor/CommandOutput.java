// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a program of the host prints; bounded in time, and in size: of a longer output the beginning
 * and the end, whole lines.
 */
final class CommandOutput {
    private static final int HALF = 4 << 20;
    private static final int PIECE = 1 << 16;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private CommandOutput() {}

    /**
     * @param whenEmpty why nothing may have been printed; the exit code does not tell
     */
    static Reading of(List<String> command, String whenEmpty) {
        return of(command, whenEmpty, false, LIMIT);
    }

    /** Of a program whose output counts only when it ends with exit code 0. */
    static Reading ofSuccess(List<String> command) {
        return of(command, command.getFirst() + " prints nothing", true, LIMIT);
    }

    static Reading of(List<String> command, String whenEmpty, boolean strict, Duration limit) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .start();
            return result(process, command.getFirst(), whenEmpty, strict, limit);
        } catch (IOException e) {
            return new Reading.Unreadable("no " + command.getFirst());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reading.Unreadable("interrupted");
        }
    }

    private static Reading result(
            Process process, String name, String whenEmpty, boolean strict, Duration limit)
            throws InterruptedException {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> drain(process, text));
        try {
            String printed = text.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException();
            }
            if (strict && process.exitValue() != 0) {
                return new Reading.Unreadable(name + " ended with " + process.exitValue());
            }
            return printed.isEmpty()
                    ? new Reading.Unreadable(whenEmpty)
                    : new Reading.Content(printed);
        } catch (TimeoutException e) {
            return new Reading.Unreadable(name + " still runs after " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            return new Reading.Unreadable(name + ": " + e.getCause());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void drain(Process process, CompletableFuture<String> text) {
        try (InputStream out = process.getInputStream()) {
            byte[] head = out.readNBytes(HALF);
            text.complete(new String(head, StandardCharsets.ISO_8859_1) + end(out));
        } catch (IOException | RuntimeException e) {
            text.completeExceptionally(e);
        }
    }

    private static String end(InputStream out) throws IOException {
        StringBuilder end = new StringBuilder();
        boolean cut = false;
        byte[] piece = new byte[PIECE];
        for (int read = out.read(piece); read > 0; read = out.read(piece)) {
            end.append(new String(piece, 0, read, StandardCharsets.ISO_8859_1));
            if (end.length() > 2 * HALF) {
                end.delete(0, end.length() - HALF);
                cut = true;
            }
        }
        return cut ? end.substring(end.indexOf("\n")) : end.toString();
    }
}
