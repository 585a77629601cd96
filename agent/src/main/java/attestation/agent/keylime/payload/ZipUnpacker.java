// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.keylime.wire.Shown;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Unpacks a ZIP below one directory or, if anything in it is not as it should be, writes nothing:
 * no climbing or absolute names, no links, nothing twice, bounded size and number.
 */
final class ZipUnpacker {
    private static final int MOST_ENTRIES = 1024;

    private final byte[] zip;
    private final Path directory;
    private final long mostBytes;

    /**
     * @param mostBytes of all files together, unpacked
     */
    ZipUnpacker(byte[] zip, Path directory, long mostBytes) {
        this.zip = zip;
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    void unpack() throws PayloadException, IOException {
        Set<String> names = ZipDirectory.names(zip, MOST_ENTRIES);
        check(names);
        try (var in = open()) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                write(entry, in);
            }
        }
    }

    private ZipInputStream open() {
        return new ZipInputStream(new ByteArrayInputStream(zip));
    }

    private void check(Set<String> names) throws PayloadException {
        var seen = new HashSet<String>();
        long left = mostBytes;
        try (var in = open()) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                checkName(entry, names, seen);
                left -= size(in, left, entry);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new PayloadException(
                    "ZIP: damaged - " + Shown.text(String.valueOf(e.getMessage())), e);
        }
        if (seen.size() != names.size()) {
            throw new PayloadException("ZIP: directory does not match its entries");
        }
        checkNoFileIsADirectory(seen);
    }

    private static void checkNoFileIsADirectory(Set<String> names) throws PayloadException {
        for (String name : names) {
            for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
                String above = name.substring(0, slash);
                if (names.contains(above)) {
                    throw new PayloadException(
                            "ZIP entry \"%s\": a file and a directory"
                                    .formatted(Shown.text(above)));
                }
            }
        }
    }

    private void checkName(ZipEntry entry, Set<String> names, Set<String> seen)
            throws PayloadException {
        path(entry);
        if (!names.contains(entry.getName())) {
            throw new PayloadException(
                    "ZIP entry \"%s\": not in the ZIP's directory"
                            .formatted(Shown.text(entry.getName())));
        }
        if (!seen.add(entry.getName())) {
            throw new PayloadException(
                    "ZIP entry \"%s\": there twice".formatted(Shown.text(entry.getName())));
        }
    }

    private Path path(ZipEntry entry) throws PayloadException {
        String name = entry.getName();
        String bare = entry.isDirectory() ? name.substring(0, name.length() - 1) : name;
        try {
            return SafeName.below(directory, bare);
        } catch (PayloadException e) {
            throw new PayloadException("ZIP entry: " + e.getMessage(), e);
        }
    }

    /** Counts by unpacking, since what an entry says of its size may be a lie. */
    private long size(ZipInputStream in, long left, ZipEntry entry)
            throws IOException, PayloadException {
        var buffer = new byte[8192];
        long size = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            size += n;
            if (size > left) {
                throw new PayloadException(
                        "ZIP entry \"%s\": unpacks to more than is left of %d bytes (secure_size)"
                                .formatted(Shown.text(entry.getName()), mostBytes));
            }
        }
        return size;
    }

    private void write(ZipEntry entry, ZipInputStream in) throws PayloadException, IOException {
        Path path = path(entry);
        if (entry.isDirectory()) {
            PrivateFiles.makeDirectory(path);
            return;
        }
        Path parent = path.getParent();
        PrivateFiles.makeDirectory(parent == null ? directory : parent);
        try {
            PrivateFiles.write(path, in);
        } catch (FileAlreadyExistsException e) {
            throw new PayloadException(
                    "ZIP entry \"%s\": there already".formatted(Shown.text(entry.getName())), e);
        }
    }
}
