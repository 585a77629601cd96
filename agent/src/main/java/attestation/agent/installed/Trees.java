// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Folders with files of ours. */
final class Trees {
    private static final int MOST_FILES = 20_000;

    private Trees() {}

    /** The tree whose jar this class came from. */
    static Optional<Path> ofThisProcess() {
        var source = Trees.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getPath().endsWith(".jar")) {
            return Optional.empty();
        }
        Path jar = Path.of(URI.create(source.getLocation().toString()));
        return Optional.ofNullable(jar.getParent())
                .map(Path::getParent)
                .filter(home -> Files.isRegularFile(home.resolve("bin/agent")));
    }

    /** Regular files below these folders by their real paths, so that links count once. */
    static SortedSet<Path> files(Path root, List<String> folders)
            throws IOException, InstalledException {
        SortedSet<Path> found = new TreeSet<>();
        for (String folder : folders) {
            Path start = root.resolve(folder);
            if (Files.isDirectory(start)) {
                Files.walkFileTree(start, collector(found));
            }
        }
        if (found.size() > MOST_FILES) {
            throw new InstalledException(
                    "%s: more than %d files (expected: an installed tree)"
                            .formatted(root, MOST_FILES));
        }
        return found;
    }

    private static SimpleFileVisitor<Path> collector(SortedSet<Path> found) {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                    throws IOException {
                if (Files.isRegularFile(file)) {
                    found.add(file.toRealPath());
                }
                return found.size() > MOST_FILES
                        ? FileVisitResult.TERMINATE
                        : FileVisitResult.CONTINUE;
            }
        };
    }
}
