// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/**
 * The six calls of libc that the JDK has no way to. Loading this class loads JNA's native library
 * (a tenth of a second): touch it only when a call is due. 64-bit Linux: {@code size_t} is a long.
 */
final class LibC {

    static final int AF_UNIX = 1;
    static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDTIMEO = 21;
    static final int F_SETFD = 2;
    static final int FD_CLOEXEC = 1;
    static final int EINTR = 4;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native int setsockopt(int fd, int level, int name, byte[] value, int length)
            throws LastErrorException;

    static native long sendto(
            int fd, byte[] data, long length, int flags, byte[] address, int addressLength)
            throws LastErrorException;

    static native long read(int fd, byte[] buffer, long length) throws LastErrorException;

    static native int fcntl(int fd, int command, int argument) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;
}
