// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The files of a snippet folder, sorted by name.
 *
 * @param files to be read
 * @param skipped of other names, or directories
 */
public record Snippets(List<Path> files, List<Path> skipped) {
    /** How many entries a folder may have. */
    public static final int MAX_ENTRIES = 100;

    /**
     * Lists the folder; an absent one has no files.
     *
     * @param wanted says by its name whether a file is read
     * @throws IOException when the folder cannot be listed or has too many entries; the message is
     *     complete
     */
    public static Snippets of(Path folder, Predicate<String> wanted) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Path> skipped = new ArrayList<>();
        for (Path entry : entries(folder)) {
            boolean take = wanted.test(nameOf(entry)) && !Files.isDirectory(entry);
            (take ? files : skipped).add(entry);
        }
        return new Snippets(List.copyOf(files), List.copyOf(skipped));
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path entry : stream) {
                entries.add(entry);
                requireFew(folder, entries.size());
            }
        } catch (NoSuchFileException e) {
            return absent(folder);
        } catch (NotDirectoryException e) {
            throw new IOException("cannot list " + folder + ": not a directory", e);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot list " + folder + ": permission denied", e);
        } catch (DirectoryIteratorException e) {
            throw new IOException("cannot list " + folder + ": " + e.getMessage(), e);
        }
        entries.sort(Comparator.comparing(Snippets::nameOf));
        return entries;
    }

    private static List<Path> absent(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("cannot list " + folder + ": link to nowhere");
        }
        return List.of();
    }

    private static void requireFew(Path folder, int count) throws IOException {
        if (count > MAX_ENTRIES) {
            throw new IOException(
                    folder + ": too many files (expected: at most " + MAX_ENTRIES + ")");
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
