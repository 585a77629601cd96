// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import com.sun.jna.LastErrorException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** An AF_UNIX datagram socket towards one address, path or abstract; each send is one datagram. */
final class NotifySocket implements AutoCloseable {

    private static final int MAX_PATH = 108;
    private static final int SEND_TIMEOUT_SECONDS = 5;

    private final byte[] address;
    private final int addressLength;
    private final int fd;

    private NotifySocket(byte[] address, int addressLength, int fd) {
        this.address = address;
        this.addressLength = addressLength;
        this.fd = fd;
    }

    /** Whether this can be the address of a notification socket at all (unix(7)). */
    static boolean isAddress(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        boolean path = name.startsWith("/") && length < MAX_PATH;
        boolean abstractName = name.startsWith("@") && length <= MAX_PATH;
        return length > 1 && (path || abstractName) && name.indexOf('\0') < 0;
    }

    static NotifySocket open(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer address = ByteBuffer.allocate(2 + MAX_PATH + 1).order(ByteOrder.nativeOrder());
        address.putShort((short) LibC.AF_UNIX).put(bytes);
        int length = 2 + bytes.length;
        if (name.startsWith("@")) {
            address.put(2, (byte) 0);
        } else {
            length++;
        }
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM_CLOEXEC, 0);
        byte[] timeout =
                ByteBuffer.allocate(16)
                        .order(ByteOrder.nativeOrder())
                        .putLong(SEND_TIMEOUT_SECONDS)
                        .putLong(0)
                        .array();
        LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_SNDTIMEO, timeout, timeout.length);
        return new NotifySocket(address.array(), length, fd);
    }

    void send(String message) {
        byte[] data = message.getBytes(StandardCharsets.UTF_8);
        while (true) {
            try {
                LibC.sendto(fd, data, data.length, LibC.MSG_NOSIGNAL, address, addressLength);
                return;
            } catch (LastErrorException e) {
                if (e.getErrorCode() != LibC.EINTR) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        LibC.close(fd);
    }
}
