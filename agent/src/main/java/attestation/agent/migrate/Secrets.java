// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.host.FileSystemMagic;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The payload and its key, which must never reach a disk: from one agent's tmpfs to the other's.
 */
final class Secrets {
    private static final int MOST_FILES = 4096;
    private static final String PAYLOAD = "unzipped";

    private final Consumer<String> steps;

    Secrets(Consumer<String> steps) {
        this.steps = steps;
    }

    /** Whether there is a payload in this folder. */
    static boolean in(Path secure) {
        return Files.isDirectory(secure, LinkOption.NOFOLLOW_LINKS)
                && Files.isDirectory(secure.resolve(PAYLOAD), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Replaces what the other one has, where that lies in memory.
     *
     * @param folder whose the folders will be
     * @param file whose the files will be
     * @return whether all of it is there now; if not, what it was copied from must stay
     */
    boolean copy(Path from, Path to, HostFiles.Owner folder, HostFiles.Owner file)
            throws IOException {
        if (!isMemory(to)) {
            steps.accept(
                    "left the payload in %s, since %s is no tmpfs; deliver it again where it is needed"
                            .formatted(from, to));
            return false;
        }
        HostFiles.deleteFolder(to, PAYLOAD);
        Copy copy = new Copy(folder, file);
        copy.folder(from, to, PAYLOAD);
        steps.accept("copied %d files of the payload to %s".formatted(copy.count, to));
        if (copy.left > 0) {
            steps.accept(
                    "left %d in %s: links, special files, or more than %d"
                            .formatted(copy.left, from, MOST_FILES));
        }
        return copy.left == 0;
    }

    private static boolean isMemory(Path folder) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && FileSystemMagic.isTmpfs(folder);
    }

    /** Removes it. */
    static void remove(Path secure) throws IOException {
        HostFiles.deleteFolder(secure, PAYLOAD);
    }

    private static final class Copy {
        private final HostFiles.Owner folder;
        private final HostFiles.Owner file;
        private int count;
        private int left;

        Copy(HostFiles.Owner folder, HostFiles.Owner file) {
            this.folder = folder;
            this.file = file;
        }

        void folder(Path from, Path to, String name) throws IOException {
            Path source = from.resolve(name);
            Path target = to.resolve(name);
            HostFiles.makeFolders(to, target, folder);
            try (DirectoryStream<Path> all = Files.newDirectoryStream(source)) {
                for (Path one : all) {
                    String child = String.valueOf(one.getFileName());
                    if (Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS)) {
                        folder(source, target, child);
                    } else if (HostFiles.isFile(one) && count < MOST_FILES) {
                        HostFiles.write(target.resolve(child), HostFiles.read(one), file);
                        count++;
                    } else {
                        left++;
                    }
                }
            }
        }
    }
}
