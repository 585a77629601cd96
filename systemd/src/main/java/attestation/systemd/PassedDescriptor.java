// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import com.sun.jna.LastErrorException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;

/**
 * A file that the service manager opened for us: read by read(2) on the very descriptor, since
 * opening it again by {@code /proc/self/fd} would ask for the permission that we lack. Read by one
 * thread at a time; at the end of the file {@link #read} returns -1, and goes on when it has grown.
 */
public final class PassedDescriptor implements ReadableByteChannel {

    private static final int CHUNK = 64 * 1024;

    private final int fd;
    private final String name;
    private final byte[] chunk = new byte[CHUNK];
    private volatile boolean open = true;

    PassedDescriptor(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /**
     * The name given by {@code FileDescriptorName=} or {@code OpenFile=}; {@code unknown} without.
     */
    public String name() {
        return name;
    }

    /** The descriptor's number. */
    public int number() {
        return fd;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!open) {
            throw new ClosedChannelException();
        }
        if (!target.hasRemaining()) {
            return 0;
        }
        int count = read(Math.min(target.remaining(), CHUNK));
        if (count == 0) {
            return -1;
        }
        target.put(chunk, 0, count);
        return count;
    }

    private int read(int length) throws IOException {
        while (true) {
            try {
                return (int) LibC.read(fd, chunk, length);
            } catch (LastErrorException e) {
                if (e.getErrorCode() != LibC.EINTR) {
                    throw new IOException(
                            "read of passed descriptor "
                                    + fd
                                    + " ("
                                    + LogText.escape(name)
                                    + ") - errno "
                                    + e.getErrorCode(),
                            e);
                }
            }
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        if (open) {
            open = false;
            try {
                LibC.close(fd);
            } catch (LastErrorException e) {
                throw new IOException("close of passed descriptor " + fd, e);
            }
        }
    }
}
