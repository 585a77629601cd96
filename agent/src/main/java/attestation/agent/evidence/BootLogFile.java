// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The firmware's event log as the kernel gives it, read whole once: it does not change after boot.
 * A file that is not there, or not readable, is looked for again at the next request.
 *
 * <p>Thread-safe; the first call reads a file.
 */
final class BootLogFile {
    /** Real ones have tens of kilobytes; more than this is no firmware log. */
    private static final int MAX_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(BootLogFile.class);

    private final Optional<Path> file;
    private byte @Nullable [] cached;
    private @Nullable String problem;

    /** Of this file, usually {@code /sys/kernel/security/tpm0/binary_bios_measurements}. */
    BootLogFile(Optional<Path> file) {
        this.file = file;
    }

    /** The log's bytes; empty when there is none. The array is shared and must not be changed. */
    synchronized Optional<byte[]> bytes() {
        if (cached == null && file.isPresent()) {
            read(file.get());
        }
        return Optional.ofNullable(cached);
    }

    /** For people: its size, or why there is none. */
    synchronized String note() {
        Optional<byte[]> bytes = bytes();
        if (bytes.isPresent()) {
            return bytes.get().length + " bytes";
        }
        return file.isEmpty() ? "not configured" : Objects.requireNonNullElse(problem, "empty");
    }

    private void read(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                say(path + ": more than " + MAX_BYTES + " bytes (expected: a firmware log)");
            } else if (bytes.length > 0) {
                cached = bytes;
                problem = null;
            }
        } catch (NoSuchFileException e) {
            say(path + ": there is none (no firmware log on this host)");
        } catch (IOException e) {
            say(path + ": cannot be read: " + e);
        }
    }

    private void say(String what) {
        if (!what.equals(problem)) {
            LOG.info("firmware log reason=\"{}\"", what);
        }
        problem = what;
    }
}
