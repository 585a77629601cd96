// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * A character device of the kernel: one write, then reads until the response is whole.
 *
 * <p>The raw device can be open once only; there {@link #release} closes it. The kernel call cannot
 * be cut short by a timeout, and an interrupt would close the descriptor.
 */
final class DeviceTransport implements TpmTransport {
    private static final long BUSY_PAUSE_NANOS = 10_000_000;
    private static final String NO_TPM =
            "no such file - this host has no TPM, it is switched off in the firmware, or its driver"
                    + " is not loaded";
    private static final Duration OPEN_PATIENCE = Duration.ofSeconds(2);

    private final Path path;
    private final boolean managed;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_RESPONSE);
    private @Nullable FileChannel channel;
    private boolean closed;

    DeviceTransport(Path path) throws IOException {
        this.path = path;
        this.managed = path.getFileName().toString().startsWith("tpmrm");
        open(System.nanoTime() + OPEN_PATIENCE.toNanos());
    }

    @Override
    public byte[] transmit(byte[] command, Duration timeout) throws IOException {
        FileChannel device = open(System.nanoTime() + timeout.toNanos());
        int written = device.write(ByteBuffer.wrap(command));
        if (written != command.length) {
            throw new IOException(path + ": took " + written + " of " + command.length + " bytes");
        }
        return answer(device);
    }

    private byte[] answer(FileChannel device) throws IOException {
        buffer.clear();
        int read;
        do {
            read = device.read(buffer);
        } while (read > 0 && (buffer.position() < HEADER || buffer.position() < buffer.getInt(2)));
        int length = buffer.position();
        if (length < HEADER || length != buffer.getInt(2)) {
            throw new EOFException(
                    path + ": response of " + length + " bytes is cut short or overlong");
        }
        byte[] response = new byte[length];
        buffer.flip().get(response);
        return response;
    }

    @Override
    public void release() {
        if (!managed) {
            shut();
        }
    }

    @Override
    public boolean managed() {
        return managed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        shut();
    }

    private synchronized void shut() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // nothing is lost: the response was read whole, or the connection is given up
            }
        }
    }

    private synchronized FileChannel open(long deadline) throws IOException {
        if (closed) {
            throw new IOException(path + ": closed");
        }
        FileChannel open = channel;
        if (open == null) {
            open = openPatiently(deadline);
            channel = open;
        }
        return open;
    }

    /** Another user of the raw device has it open for a moment: worth a little wait. */
    private FileChannel openPatiently(long deadline) throws IOException {
        while (true) {
            try {
                return openOnce();
            } catch (FileSystemException e) {
                boolean busy = String.valueOf(e.getReason()).contains("busy");
                if (!busy || System.nanoTime() >= deadline) {
                    throw explained(e, busy);
                }
                LockSupport.parkNanos(BUSY_PAUSE_NANOS);
            }
        }
    }

    private FileChannel openOnce() throws IOException {
        if (Files.isRegularFile(path) || Files.isDirectory(path)) {
            throw new IOException(
                    "cannot open " + path + ": not a character device (expected: /dev/tpmrm0)");
        }
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private IOException explained(FileSystemException e, boolean busy) {
        String why =
                switch (e) {
                    case NoSuchFileException _ -> absent();
                    case AccessDeniedException _ ->
                            "permission denied (expected: group tss, mode 0660) - add the agent's"
                                    + " user to the device's group";
                    default ->
                            busy
                                    ? "in use by another program - use /dev/tpmrm0, which many"
                                            + " can share"
                                    : String.valueOf(e.getReason());
                };
        return new IOException("cannot open " + path + ": " + why, e);
    }

    /**
     * A driver that is bound again gives its device the next number as long as somebody holds the
     * former one, and IMA holds it until the reboot.
     */
    private String absent() {
        String kind = path.getFileName().toString().replaceAll("\\d+$", "");
        try (DirectoryStream<Path> others =
                Files.newDirectoryStream(folder(), other -> isNumbered(other, kind))) {
            for (Path other : others) {
                return "no such file, but "
                        + other
                        + " is there - the driver was bound again, and IMA extends into the former"
                        + " device only: reboot";
            }
        } catch (IOException | DirectoryIteratorException _) {
            return NO_TPM;
        }
        return NO_TPM;
    }

    private static boolean isNumbered(Path other, String kind) {
        String name = other.getFileName().toString();
        return name.startsWith(kind) && name.substring(kind.length()).matches("\\d+");
    }

    private Path folder() {
        return Objects.requireNonNullElse(path.toAbsolutePath().getParent(), Path.of("/"));
    }
}
