// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The history on disk: one line an entry, across restarts and boots, at most {@link #MOST_BYTES}.
 *
 * <p>Confined to one thread. A kill leaves at most half a line, which is skipped; losing the file
 * costs the past, nothing else.
 */
final class HistoryFile {
    static final int MOST_BYTES = 256 * 1024;
    private static final int KEPT_BYTES = MOST_BYTES / 2;

    private final Path file;

    HistoryFile(Path file) {
        this.file = file;
    }

    /** Oldest first; what is no entry is left out. */
    List<HistoryEntry> read() throws IOException {
        return newest(MOST_BYTES)
                .lines()
                .map(HistoryEntry::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Adds one; the older half goes when there is no room. */
    void append(HistoryEntry entry) throws IOException {
        byte[] line = (entry.line() + "\n").getBytes(StandardCharsets.UTF_8);
        if (size() + line.length > MOST_BYTES) {
            shorten();
        }
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            channel.write(ByteBuffer.wrap(line));
        }
    }

    private long size() throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void shorten() throws IOException {
        String kept = newest(KEPT_BYTES);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, kept.substring(kept.indexOf('\n') + 1));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private String newest(int most) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(most, size));
            long from = size - bytes.capacity();
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {}
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
