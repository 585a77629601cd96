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
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(target);
    }

    /**
     * Renames the file to {@code NAME.corrupt-TIME}, so that nothing is lost.
     *
     * @return where it is now
     */
    public Path setAside() throws IOException {
        Path aside =
                path.resolveSibling(
                        path.getFileName() + ".corrupt-" + TIME.format(clock.instant()));
        for (int n = 2; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); n++) {
            aside = aside.resolveSibling(aside.getFileName() + "-" + n);
        }
        Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
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
