// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The kind of file system that a file is on, by {@code statfs(2)}: unlike {@link
 * java.nio.file.FileStore} it needs no mount table, which in a container or below {@code chroot}
 * does not name every mount.
 */
public final class FileSystemMagic {
    private static final long TMPFS = 0x01021994L;

    /** More than {@code struct statfs} has on any machine. */
    private static final int BYTES = 512;

    private FileSystemMagic() {}

    /** The call; loading this class loads JNA's native library. */
    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        private LibC() {}

        static native int statfs(byte[] path, byte[] buffer) throws LastErrorException;
    }

    /**
     * The number of {@code linux/magic.h}, 32 bits unsigned.
     *
     * @throws IOException when the file cannot be reached
     */
    public static long of(Path file) throws IOException {
        byte[] answer = new byte[BYTES];
        try {
            LibC.statfs(CStrings.of(file), answer);
        } catch (LastErrorException e) {
            throw new IOException(
                    "%s: its file system cannot be told (errno %d)"
                            .formatted(file, e.getErrorCode()),
                    e);
        }
        // The first member: 4 bytes on s390x; elsewhere 8, of which the low 4 come first.
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt());
    }

    /** Whether the file is in memory only. */
    public static boolean isTmpfs(Path file) throws IOException {
        return of(file) == TMPFS;
    }
}
