// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import attestation.ima.signature.Xattrs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Extended attributes by {@code getxattr(2)} and {@code setxattr(2)}: the JDK reaches only those of
 * namespace {@code user}. Reading {@code security.*} needs no privilege, setting needs
 * CAP_SYS_ADMIN. May be shared between threads.
 */
public final class LinuxXattrs implements Xattrs {
    private static final int MAX_BYTES = 65536;
    private static final int ENODATA = 61;
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int ENOENT = 2;
    private static final int EOPNOTSUPP = 95;
    private static final int EROFS = 30;

    /** The two calls; loading this class loads JNA's native library. */
    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        private LibC() {}

        static native long getxattr(byte[] path, byte[] name, byte[] value, long size)
                throws LastErrorException;

        static native int setxattr(byte[] path, byte[] name, byte[] value, long size, int flags)
                throws LastErrorException;
    }

    @Override
    public Optional<byte[]> get(Path file, String name) throws IOException {
        byte[] value = new byte[MAX_BYTES];
        try {
            long size =
                    LibC.getxattr(CStrings.of(file), CStrings.ofAscii(name), value, value.length);
            return Optional.of(Arrays.copyOf(value, Math.toIntExact(size)));
        } catch (LastErrorException e) {
            if (e.getErrorCode() == ENODATA) {
                return Optional.empty();
            }
            throw new IOException("cannot read " + name + ": " + reason(e.getErrorCode()), e);
        }
    }

    @Override
    public void set(Path file, String name, byte[] value) throws IOException {
        try {
            LibC.setxattr(CStrings.of(file), CStrings.ofAscii(name), value, value.length, 0);
        } catch (LastErrorException e) {
            throw new IOException("cannot set " + name + ": " + reason(e.getErrorCode()), e);
        }
    }

    private static String reason(int errno) {
        return switch (errno) {
            case EPERM ->
                    "operation not permitted (expected: root, CAP_SYS_ADMIN, and a file that is"
                            + " not immutable, see lsattr)";
            case EACCES -> "permission denied";
            case ENOENT -> "no such file";
            case EOPNOTSUPP ->
                    "the file system has no such attributes (expected: ext4, xfs, btrfs)";
            case EROFS -> "the file system is mounted read-only";
            default -> "errno " + errno;
        };
    }
}
