// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The regular files below a folder, on one file system, symbolic links not followed. */
public final class FileTree {
    private FileTree() {}

    /** Whoever is given the files, one after the other. */
    public interface Visitor {
        void file(Path file);

        /** A folder whose content cannot be told. */
        void failed(Path folder, IOException reason);
    }

    /** Visits all files; what cannot be listed is reported and the rest goes on. */
    public static void walk(Path root, Visitor visitor) {
        try {
            walk(root, device(root), visitor);
        } catch (IOException e) {
            visitor.failed(root, e);
        }
    }

    private static Object device(Path file) throws IOException {
        return Files.getAttribute(file, "unix:dev");
    }

    private static void walk(Path folder, Object device, Visitor visitor) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    if (device(entry).equals(device)) {
                        walk(entry, device, visitor);
                    }
                } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    visitor.file(entry);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            visitor.failed(folder, e instanceof IOException io ? io : new IOException(e));
        }
    }
}
