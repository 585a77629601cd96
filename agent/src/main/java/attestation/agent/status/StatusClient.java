// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.Locale;

/**
 * Asks a running agent over its unix socket, by the JDK alone; used by commands, not the daemon.
 */
public final class StatusClient {
    private static final int MOST_BYTES = 4 << 20;

    private final Path socket;
    private final Duration timeout;

    /**
     * @param timeout for the whole exchange
     */
    public StatusClient(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    /** The running agent's report. */
    public StatusReport status() throws StatusException {
        byte[] body = get("/status");
        try {
            return StatusJson.read(body);
        } catch (IOException e) {
            throw badAnswer(String.valueOf(e.getMessage()), e);
        }
    }

    /** The body of the answer to any path that the socket serves. */
    public byte[] get(String path) throws StatusException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            connect(channel);
            return body(exchange(channel, path));
        } catch (IOException e) {
            throw badAnswer(String.valueOf(e.getMessage()), e);
        }
    }

    private void connect(SocketChannel channel) throws StatusException {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw refused(e);
        } catch (IllegalArgumentException e) {
            throw new StatusException(
                    StatusException.Kind.NOT_RUNNING,
                    socket + ": not a path for a unix socket (expected: < 108 bytes)",
                    e);
        }
    }

    /** The JDK tells these apart in words only, so the file system is asked. */
    private StatusException refused(IOException cause) {
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        try {
            PosixFileAttributes file = Files.readAttributes(socket, PosixFileAttributes.class);
            if (text.contains("permission denied")) {
                return notPermitted(file.group().getName(), cause);
            }
        } catch (AccessDeniedException e) {
            return notPermitted(groupOfDirectory(), cause);
        } catch (NoSuchFileException e) {
            return notRunning("no such socket", cause);
        } catch (IOException e) {
            return notRunning(String.valueOf(e.getMessage()), cause);
        }
        return notRunning("nobody listens on it", cause);
    }

    private String groupOfDirectory() {
        try {
            Path directory = socket.toAbsolutePath().getParent();
            return directory == null
                    ? "unknown"
                    : Files.readAttributes(directory, PosixFileAttributes.class).group().getName();
        } catch (IOException e) {
            return "unknown"; // not even the directory may be looked at
        }
    }

    private StatusException notPermitted(String group, IOException cause) {
        return new StatusException(
                StatusException.Kind.NOT_PERMITTED,
                socket
                        + ": not permitted (expected: root or a member of group "
                        + group
                        + "); join the group: usermod -aG "
                        + group
                        + " $USER, then log in again",
                cause);
    }

    private StatusException notRunning(String why, IOException cause) {
        return new StatusException(
                StatusException.Kind.NOT_RUNNING,
                socket + ": " + why + "; the agent does not run: systemctl start attestation-agent",
                cause);
    }

    private StatusException badAnswer(String why, IOException cause) {
        return new StatusException(
                StatusException.Kind.BAD_ANSWER,
                socket + ": no usable answer: " + why + "; see journalctl -u attestation-agent",
                cause);
    }

    private byte[] exchange(SocketChannel channel, String path) throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            String request =
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                await(selector, end);
                channel.write(out);
            }
            key.interestOps(SelectionKey.OP_READ);
            return readAll(channel, selector, end);
        }
    }

    private byte[] readAll(SocketChannel channel, Selector selector, long end) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(16 * 1024);
        while (true) {
            await(selector, end);
            in.clear();
            int read = channel.read(in);
            if (read < 0) {
                return all.toByteArray();
            }
            all.write(in.array(), 0, read);
            if (all.size() > MOST_BYTES) {
                throw new IOException("more than " + MOST_BYTES + " bytes");
            }
        }
    }

    private void await(Selector selector, long end) throws IOException {
        long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (left <= 0 || (selector.select(left) == 0 && System.nanoTime() >= end)) {
            throw new InterruptedIOException("none within " + timeout.toMillis() + " ms");
        }
        selector.selectedKeys().clear();
    }

    /** A 503 of /health has a body too, so the status itself is not judged here. */
    private static byte[] body(byte[] answer) throws IOException {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int headEnd = text.indexOf("\r\n\r\n");
        if (headEnd < 0 || !text.startsWith("HTTP/1.1 ")) {
            throw new IOException("not HTTP");
        }
        String head = text.substring(0, headEnd).toLowerCase(Locale.ROOT);
        int bodyStart = headEnd + 4;
        byte[] body = java.util.Arrays.copyOfRange(answer, bodyStart, answer.length);
        if (!head.contains("\r\ncontent-length: " + body.length)) {
            throw new EOFException("cut off after " + body.length + " bytes");
        }
        if (!head.startsWith("http/1.1 200") && !head.startsWith("http/1.1 503")) {
            throw new IOException(head.lines().findFirst().orElse(""));
        }
        return body;
    }
}
