// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A host's files below a root folder: {@code /}, or a recorded tree. Reads only, and never more
 * than a bound.
 */
public record HostFiles(Path root) {
    private static final int MAX_BYTES = 4 << 20;
    private static final int PIECE = 1 << 13;
    private static final int MAX_ENTRIES = 10_000;

    /** Where this absolute path lies. */
    public Path at(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /** Reads a file whole. */
    public Reading read(String absolute) {
        return reading(
                absolute,
                path -> {
                    try (InputStream in = Files.newInputStream(path)) {
                        return bounded(in);
                    }
                });
    }

    /** Reads the end of a log, its last lines whole, where all of it would be too much. */
    public Reading tail(String absolute) {
        return reading(
                absolute,
                path -> {
                    long size = Files.size(path);
                    try (SeekableByteChannel channel = Files.newByteChannel(path)) {
                        channel.position(Math.max(0, size - MAX_BYTES));
                        byte[] bytes = Channels.newInputStream(channel).readNBytes(MAX_BYTES);
                        return size > MAX_BYTES ? fromNextLine(bytes) : bytes;
                    }
                });
    }

    /** Whether the tail of a file is not all of it. */
    public boolean isLong(String absolute) {
        try {
            return Files.size(at(absolute)) > MAX_BYTES;
        } catch (IOException e) {
            return false; // then its tail could not be read either
        }
    }

    private static byte[] fromNextLine(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && bytes[at] != '\n') {
            at++;
        }
        return Arrays.copyOfRange(bytes, Math.min(at + 1, bytes.length), bytes.length);
    }

    private interface Source {
        byte[] bytes(Path path) throws IOException;
    }

    /**
     * Where this path lies, for who reads it otherwise.
     *
     * @throws IOException when it is not there, or opening it might never end: a pipe, a device
     */
    public Path file(String absolute) throws IOException {
        Path path = at(absolute);
        if (Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
            throw new IOException("neither a file nor a folder");
        }
        return path;
    }

    private Reading reading(String absolute, Source source) {
        try {
            byte[] bytes = source.bytes(file(absolute));
            return bytes.length > MAX_BYTES
                    ? new Reading.Unreadable("more than " + MAX_BYTES + " bytes")
                    : new Reading.Content(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return new Reading.Absent();
        } catch (AccessDeniedException e) {
            return new Reading.Unreadable("permission denied");
        } catch (IOException e) {
            return new Reading.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    /** The stream's own readNBytes asks for the position, which files of securityfs do not have. */
    static byte[] bounded(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE];
        for (int read = in.read(piece); read > 0; read = in.read(piece)) {
            bytes.write(piece, 0, read);
            if (bytes.size() > MAX_BYTES) {
                break;
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Whether something is there under this name.
     *
     * @throws UnreadableException when that cannot be told: a folder above keeps this user out
     */
    public boolean exists(String absolute) {
        try {
            Files.readAttributes(at(absolute), "size");
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UnreadableException(absolute + ": " + KeyFiles.reason(e));
        }
    }

    /**
     * Names in a folder, sorted; none when there is no such folder.
     *
     * @throws IOException when it is there but cannot be listed
     */
    public List<String> list(String absolute) throws IOException {
        try (Stream<Path> entries = Files.list(at(absolute))) {
            return entries.limit(MAX_ENTRIES)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }
}
