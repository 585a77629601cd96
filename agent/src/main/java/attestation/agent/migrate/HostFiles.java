// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.host.Account;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads and replaces files of another user, as root: bounded, and never through a link. */
final class HostFiles {
    private static final int MAX_BYTES = 1 << 20;

    private HostFiles() {}

    /** Whose a file is and who may do what with it. */
    record Owner(int uid, int gid, Set<PosixFilePermission> permissions) {
        static Owner of(Account account, String permissions) {
            return new Owner(
                    account.uid(), account.gid(), PosixFilePermissions.fromString(permissions));
        }

        /** The same user's, with other permissions. */
        Owner with(String others) {
            return new Owner(uid, gid, PosixFilePermissions.fromString(others));
        }

        String mode() {
            return PosixFilePermissions.toString(permissions);
        }
    }

    static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    static byte[] read(Path file) throws IOException {
        try (var in =
                Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS, StandardOpenOption.READ)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IOException(
                        "%s: more than %d bytes (expected: a key, certificate or state file)"
                                .formatted(file, MAX_BYTES));
            }
            return content;
        }
    }

    static Owner owner(Path file) throws IOException {
        Map<String, Object> unix =
                Files.readAttributes(file, "unix:uid,gid,permissions", LinkOption.NOFOLLOW_LINKS);
        return new Owner(
                (Integer) Objects.requireNonNull(unix.get("uid")),
                (Integer) Objects.requireNonNull(unix.get("gid")),
                Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }

    /** Replaces a file whole: new file, owner, fsync, rename. */
    static void write(Path file, byte[] content, Owner owner) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".migrate");
        Files.deleteIfExists(fresh);
        try (var out =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            give(fresh, owner);
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes what is missing of a folder below {@code top}, which must be there. */
    static void makeFolders(Path top, Path folder, Owner owner) throws IOException {
        Path path = top;
        for (Path name : top.relativize(folder)) {
            path = path.resolve(name);
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(path);
                give(path, owner);
            }
        }
    }

    /** Removes a folder with what is in it, by descriptors: nobody can put a link in the way. */
    static void deleteFolder(Path parent, String name) throws IOException {
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(parent)) {
            if (opened instanceof SecureDirectoryStream<Path> folder
                    && Files.isDirectory(parent.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                delete(folder, Path.of(name));
            }
        }
    }

    private static void delete(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        try (SecureDirectoryStream<Path> folder =
                parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path one : folder) {
                Path child = Objects.requireNonNull(one.getFileName());
                if (isFolder(folder, child)) {
                    delete(folder, child);
                } else {
                    folder.deleteFile(child);
                }
            }
        }
        parent.deleteDirectory(name);
    }

    private static boolean isFolder(SecureDirectoryStream<Path> parent, Path name)
            throws IOException {
        return parent.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    static void give(Path file, Owner owner) throws IOException {
        Files.setAttribute(file, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
        Files.setPosixFilePermissions(file, owner.permissions());
    }
}
