// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.host.FileSystemMagic;
import attestation.agent.keylime.wire.Shown;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tmpfs that alone may hold K and payloads: they must never reach a disk. */
public final class SecureFolder {
    private static final Logger LOG = LoggerFactory.getLogger(SecureFolder.class);
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([kKmMgG%]?)");
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal: +([0-9]{1,15}) kB$");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-3][0-7]{2})");
    private static final String TMPFS = "tmpfs";

    /** Mounts a tmpfs; throws when it may not. */
    @FunctionalInterface
    interface Mounter {
        void mount(Path directory, String options) throws IOException, InterruptedException;
    }

    private SecureFolder() {}

    /**
     * Bytes that a {@code secure_size} like {@code 1m} or {@code 5%} (of this host's memory, as
     * tmpfs takes it) means; empty for other texts.
     */
    public static Optional<Long> bytes(String size) {
        return bytes(size, Path.of("/proc/meminfo"));
    }

    static Optional<Long> bytes(String size, Path meminfo) {
        var match = SIZE.matcher(size);
        if (!match.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(match.group(1));
        long bytes =
                switch (match.group(2).toLowerCase(Locale.ROOT)) {
                    case "k" -> number << 10;
                    case "m" -> number << 20;
                    case "g" -> number << 30;
                    case "%" -> memory(meminfo) / 100 * Math.min(number, 100);
                    default -> number;
                };
        return Optional.of(bytes).filter(b -> b > 0);
    }

    private static long memory(Path meminfo) {
        try {
            var match = MEMORY.matcher(Files.readString(meminfo, StandardCharsets.US_ASCII));
            return match.find() ? Long.parseLong(match.group(1)) << 10 : 0;
        } catch (IOException e) {
            return 0; // then no size can be told, and the caller says so
        }
    }

    /**
     * Makes sure that the directory lies on a tmpfs: takes one that is mounted there or that it is
     * part of, else mounts one, which only root may.
     *
     * @param size as Keylime's {@code secure_size}
     * @throws PayloadException when it is on another file system, or cannot be mounted
     */
    public static void prepare(Path directory, String size)
            throws PayloadException, IOException, InterruptedException {
        prepare(directory, size, Path.of("/proc/self/mountinfo"), SecureFolder::mount);
    }

    static void prepare(Path directory, String size, Path mountinfo, Mounter mounter)
            throws PayloadException, IOException, InterruptedException {
        if (bytes(size).isEmpty()) {
            throw new PayloadException(
                    "secure_size: %s (expected: a number with k, m, g or %%)".formatted(size));
        }
        if (!Files.exists(directory)) {
            PrivateFiles.makeDirectory(directory);
            LOG.info("Directory \"{}\" created", directory);
        }
        Path real = directory.toRealPath();
        Optional<String> mounted = typeMountedAt(real, mountinfo);
        if (mounted.isPresent() && !mounted.get().equals(TMPFS)) {
            throw new PayloadException(
                    "Secure mount error: Secure storage location %s already mounted on wrong file system type: %s (expected: tmpfs)"
                            .formatted(directory, mounted.get()));
        }
        if (mounted.isEmpty() && !FileSystemMagic.isTmpfs(real)) {
            LOG.info("Mounting secure storage location \"{}\" on tmpfs.", directory);
            mounter.mount(real, "size=%s,mode=0700".formatted(size));
        }
    }

    /** The file system type of the last mount on exactly this directory (proc(5), mountinfo). */
    static Optional<String> typeMountedAt(Path directory, Path mountinfo) throws IOException {
        Optional<String> type = Optional.empty();
        for (String line : Files.readAllLines(mountinfo, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(" ");
            int dash = List.of(fields).indexOf("-");
            if (dash > 4
                    && dash + 1 < fields.length
                    && unescape(fields[4]).equals(directory.toString())) {
                type = Optional.of(fields[dash + 1]);
            }
        }
        return type;
    }

    private static String unescape(String field) {
        String bytes =
                OCTAL.matcher(field)
                        .replaceAll(
                                m ->
                                        Matcher.quoteReplacement(
                                                String.valueOf(
                                                        (char) Integer.parseInt(m.group(1), 8))));
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static void mount(Path directory, String options)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("mount", "-t", TMPFS, "-o", options, TMPFS, directory.toString())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        byte[] said = process.getInputStream().readNBytes(4096);
        if (process.waitFor() != 0) {
            throw new IOException(
                    "Secure mount error: %s cannot be mounted - %s (expected: start as root, or a tmpfs that the service manager mounts there)"
                            .formatted(
                                    directory,
                                    Shown.text(new String(said, StandardCharsets.UTF_8).strip())));
        }
    }
}
