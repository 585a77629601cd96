// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One file of the state directory, which a crash leaves either old or new, never in between.
 *
 * <p>For one thread at a time; the agent is the only writer.
 */
public final class StateFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final String CORRUPT = ".corrupt-";
    private static final String RESET = ".reset-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path path;
    private final Clock clock;

    StateFile(Path path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    public Path path() {
        return path;
    }

    /** Whether something is there, readable or not. */
    public boolean exists() {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The whole content; empty when there is no such file.
     *
     * @throws IOException when it cannot be read or holds more than {@code maxBytes}
     */
    public Optional<byte[]> read(int maxBytes) throws IOException {
        try (var in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(maxBytes + 1);
            if (content.length > maxBytes) {
                throw new IOException(
                        "%s: more than %d bytes (expected: at most that)"
                                .formatted(path, maxBytes));
            }
            return Optional.of(content);
        } catch (NoSuchFileException e) {
            if (Files.isSymbolicLink(path)) {
                throw new IOException(path + ": link to a file that does not exist", e);
            }
            return Optional.empty();
        }
    }

    /** Replaces the content: new file, fsync, rename, fsync of the directory; mode 0600. */
    public void write(byte[] content) throws IOException {
        Path target = Files.isSymbolicLink(path) ? path.toRealPath() : path;
        Path fresh = target.resolveSibling("." + target.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try {
            fill(fresh, content);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw new IOException(
                    "%s: cannot be written - %s (expected: room and the right to write in %s)"
                            .formatted(path, e.getMessage(), target.getParent()),
                    e);
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(target);
    }

    private static void fill(Path fresh, byte[] content) throws IOException {
        try (var out =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        OWNER_ONLY)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    /**
     * Renames the damaged file to {@code NAME.corrupt-TIME}, so that nothing is lost.
     *
     * @return where it is now
     */
    public Path setAside() throws IOException {
        return rename(path, CORRUPT);
    }

    /**
     * A damaged file that was set aside, in this run or an earlier one, and that nobody has dealt
     * with: while it lies there, that the file itself is missing does not make this host a new one.
     */
    public Optional<Path> damaged() throws IOException {
        return asides().stream().findFirst();
    }

    /**
     * Renames the file, and damaged ones beside it, to {@code NAME.reset-TIME}: the operator has
     * given them up.
     *
     * @return where they are now, the file itself first; empty when there was nothing
     */
    public List<Path> giveUp() throws IOException {
        List<Path> kept = new ArrayList<>();
        if (exists()) {
            kept.add(rename(path, RESET));
        }
        for (Path damaged : asides()) {
            kept.add(rename(damaged, RESET));
        }
        return kept;
    }

    private List<Path> asides() throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name() + CORRUPT))
                    .sorted()
                    .toList();
        }
    }

    private String name() {
        return String.valueOf(path.getFileName());
    }

    private Path rename(Path file, String why) throws IOException {
        Path aside = path.resolveSibling(name() + why + TIME.format(clock.instant()));
        for (int n = 2; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); n++) {
            aside = aside.resolveSibling(aside.getFileName() + "-" + n);
        }
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(aside);
        return aside;
    }

    private static void syncDirectory(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
