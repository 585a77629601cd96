// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

/** Folders as a whole: copied, deleted, brought into the form that a package has. */
final class Folders {
    private Folders() {}

    static List<Path> list(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    /** Everything below, links not followed, in an order that no directory decides. */
    static List<Path> walk(Path folder) throws IOException {
        try (var entries = Files.walk(folder)) {
            return entries.sorted().toList();
        }
    }

    /** Lays the content of one folder over another. */
    static void copy(Path from, Path to) throws IOException {
        for (Path source : walk(from)) {
            Path target = to.resolve(from.relativize(source).toString());
            if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(target);
            } else if (!source.getFileName().toString().equals(".gitkeep")) {
                Files.copy(
                        source,
                        target,
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                            throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /**
     * One time stamp for all, and modes that no umask decides: whoever may execute makes a file
     * 0755.
     */
    static void tidy(Path root, Instant stamp) throws IOException {
        FileTime time = FileTime.from(stamp);
        for (Path entry : walk(root).reversed()) {
            if (!Files.isSymbolicLink(entry)) {
                boolean executes =
                        Files.isDirectory(entry) || Files.isExecutable(entry) && !isLibrary(entry);
                Files.setPosixFilePermissions(
                        entry,
                        PosixFilePermissions.fromString(executes ? "rwxr-xr-x" : "rw-r--r--"));
            }
            Files.getFileAttributeView(
                            entry, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(time, time, null);
        }
    }

    private static boolean isLibrary(Path file) {
        return file.getFileName().toString().endsWith(".so");
    }
}
