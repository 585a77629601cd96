// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the unit was given by {@code LoadCredential=} and {@code SetCredential=}: small files of the
 * folder CREDENTIALS_DIRECTORY, and nothing outside it. Any thread.
 */
public final class Credentials {

    /** The manager's own limit per credential. */
    private static final int MAX_BYTES = 1 << 20;

    /** As {@code systemd.exec(5)}: a file name of printable ASCII without slash. */
    private static final Pattern NAME = Pattern.compile("[!-.0-~]{1,255}");

    private final @Nullable Path folder;

    private Credentials(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Those of this process. */
    public static Credentials fromEnvironment() throws IOException {
        return of(System.getenv());
    }

    /**
     * Those an environment tells of.
     *
     * @throws IOException if CREDENTIALS_DIRECTORY is no absolute path
     */
    static Credentials of(Map<String, String> environment) throws IOException {
        String folder = environment.get("CREDENTIALS_DIRECTORY");
        if (folder == null) {
            return new Credentials(null);
        }
        if (!folder.startsWith("/")) {
            throw new IOException(
                    "CREDENTIALS_DIRECTORY - "
                            + LogText.escape(LogText.limit(folder, 200))
                            + " (expected: an absolute path)");
        }
        return new Credentials(Path.of(folder));
    }

    /** Whether the unit was given any. */
    public boolean isPresent() {
        return folder != null;
    }

    /**
     * The credential of this name, empty if the unit was given none.
     *
     * @throws IOException if the name is none, or the credential is no regular file, larger than 1
     *     MiB or unreadable; the text never holds its content
     */
    public Optional<byte[]> read(String name) throws IOException {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IOException(
                    "credential name - "
                            + LogText.escape(LogText.limit(name, 255))
                            + " (expected: printable ASCII without slash)");
        }
        return folder == null ? Optional.empty() : read(folder.resolve(name), name);
    }

    private static Optional<byte[]> read(Path file, String name) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("credential " + name + " - is no regular file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(
                        "credential "
                                + name
                                + " - too large (expected: <= "
                                + MAX_BYTES
                                + " bytes)");
            }
            return Optional.of(bytes);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }
}
