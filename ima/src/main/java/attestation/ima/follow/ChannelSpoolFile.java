// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * A spool file on disk, mode 0600.
 *
 * <p>An interrupt closes a channel for all its users; so a channel that was closed under a reader
 * that was not interrupted is opened again.
 */
final class ChannelSpoolFile implements SpoolFile {
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<OpenOption> EXISTING =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final int ATTEMPTS = 8;

    private final Path path;
    private final Object key;
    private volatile FileChannel channel;
    private volatile boolean closed;

    private ChannelSpoolFile(Path path, FileChannel channel, Object key) {
        this.path = path;
        this.channel = channel;
        this.key = key;
    }

    static ChannelSpoolFile open(Path path, boolean fresh) throws IOException {
        if (fresh) {
            Files.deleteIfExists(path);
        }
        Set<OpenOption> options = new HashSet<>(EXISTING);
        if (fresh) {
            options.add(StandardOpenOption.CREATE_NEW);
        }
        FileChannel channel = FileChannel.open(path, options, PRIVATE);
        return new ChannelSpoolFile(path, channel, keyOf(path));
    }

    @Override
    public void write(long at, ByteBuffer bytes) throws IOException {
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            retrying(c -> c.write(bytes, at + bytes.position() - start));
        }
    }

    @Override
    public int read(long at, ByteBuffer target) throws IOException {
        return retrying(c -> c.read(target, at));
    }

    @Override
    public void truncate(long size) throws IOException {
        retrying(
                c -> {
                    c.truncate(size);
                    return 0;
                });
    }

    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is flushed at close, so nothing is lost
        }
    }

    private interface Action {
        int on(FileChannel channel) throws IOException;
    }

    private int retrying(Action action) throws IOException {
        for (int attempt = 1; ; attempt++) {
            FileChannel used = channel;
            try {
                return action.on(used);
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (ClosedChannelException e) {
                if (closed || attempt == ATTEMPTS) {
                    throw e;
                }
                reopen(used);
            }
        }
    }

    private synchronized void reopen(FileChannel broken) throws IOException {
        if (!channel.equals(broken) || closed) {
            return;
        }
        FileChannel opened = FileChannel.open(path, EXISTING);
        if (!keyOf(path).equals(key)) {
            opened.close();
            throw new IOException(
                    "spool file " + path + " was replaced (expected: only the agent writes there)");
        }
        channel = opened;
    }

    private static Object keyOf(Path path) throws IOException {
        return String.valueOf(
                Files.readAttributes(
                                path,
                                java.nio.file.attribute.BasicFileAttributes.class,
                                LinkOption.NOFOLLOW_LINKS)
                        .fileKey());
    }
}
