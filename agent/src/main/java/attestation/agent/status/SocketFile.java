// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The socket's place in the file system: one agent at a time, right mode and group before anybody
 * can connect, gone at the end. Confined to one thread.
 *
 * <p>A lock beside it decides who is first; the kernel releases it with the process, however that
 * ends. The socket is made under another name and moved into place when it is ready.
 */
final class SocketFile {
    static final String TEMPORARY = ".new";

    private static final String LOCK = ".lock";
    private static final Duration ASK = Duration.ofSeconds(2);

    private final Path path;
    private @Nullable FileChannel lock;
    private @Nullable Object fileKey;

    SocketFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    Path temporary() {
        return path.resolveSibling(path.getFileName() + TEMPORARY);
    }

    /** Makes sure that no other agent is here; what a dead one left is removed. */
    void claim() throws IOException {
        makeDirectory();
        FileChannel channel = openLock();
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null; // another agent of this very process
        }
        if (held == null || isAnswered()) {
            channel.close();
            throw new SecondInstanceException(path, pidOfFirst());
        }
        lock = channel;
        Files.deleteIfExists(temporary());
        removeStale();
    }

    private void makeDirectory() throws IOException {
        Path directory = path.getParent();
        if (directory == null || Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-x---")));
        } catch (IOException e) {
            throw new IOException(
                    "status socket: directory "
                            + directory
                            + " is missing and cannot be made ("
                            + e.getClass().getSimpleName()
                            + "); create it for the agent's user, mode 0750",
                    e);
        }
    }

    private FileChannel openLock() throws IOException {
        Path file = path.resolveSibling(path.getFileName() + LOCK);
        try {
            return FileChannel.open(
                    file,
                    Set.of(
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "status socket: "
                            + path.getParent()
                            + ": permission denied; let the agent's user write there",
                    e);
        }
    }

    /** An agent without the lock, of an older version or on another file system, may still live. */
    private boolean isAnswered() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false; // nothing there, or left by the dead
        }
    }

    private long pidOfFirst() {
        try {
            return new StatusClient(path, ASK).status().pid();
        } catch (StatusException e) {
            return 0; // it is there all the same
        }
    }

    private void removeStale() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!attributes().isOther()) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "is no socket, so it is not removed; move it away or choose another path");
        }
        Files.delete(path);
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Gives the socket, still under its other name, its mode and group, and moves it into place.
     *
     * @return what an operator should know: why the group is not as asked
     */
    Optional<String> publish(int mode, String group) throws IOException {
        Path made = temporary();
        Optional<String> warning = group.isEmpty() ? Optional.empty() : changeGroup(made, group);
        Files.setPosixFilePermissions(made, permissions(mode));
        Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
        fileKey = attributes().fileKey();
        return warning;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] fromHighest = PosixFilePermission.values();
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < fromHighest.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                set.add(fromHighest[i]);
            }
        }
        return set;
    }

    private static Optional<String> changeGroup(Path made, String group) {
        try {
            GroupPrincipal principal =
                    made.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByGroupName(group);
            PosixFileAttributeView view =
                    Files.getFileAttributeView(made, PosixFileAttributeView.class);
            // In the unit it is the process's own group, and chown(2) is refused by its filter.
            if (!view.readAttributes().group().equals(principal)) {
                view.setGroup(principal);
            }
            return Optional.empty();
        } catch (UserPrincipalNotFoundException e) {
            return Optional.of("group " + group + " does not exist (expected: made on install)");
        } catch (IOException e) {
            return Optional.of(
                    "socket cannot be given to group "
                            + group
                            + " (expected: the agent's user is a member)");
        }
    }

    /** Removes the socket if it is still ours, and lets others in. */
    void release() throws IOException {
        try (FileChannel held = lock) {
            lock = null;
            if (held != null
                    && fileKey != null
                    && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && fileKey.equals(attributes().fileKey())) {
                Files.delete(path);
            }
        }
    }
}
