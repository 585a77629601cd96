// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * swtpm's data channel, over TCP or a unix socket: bare commands, one write each; the control
 * channel is never used.
 *
 * <p>swtpm serves one client at a time. So the connection is given back when idle ({@link
 * #release}) and, under load, every {@value #HOLD_MILLIS} ms, which lets a client that waits in the
 * listen queue go first. A server that closes after each command is noticed and then met with a
 * connection for each.
 */
final class StreamTransport implements TpmTransport {
    static final int HOLD_MILLIS = 500;

    /** A response comes in one piece: what does not follow the first byte will not come. */
    private static final long REST_NANOS = 2_000_000_000;

    private static final long CONNECT_PAUSE_NANOS = 1_000_000;

    /** A new channel and what it is to be connected to. */
    record Target(SocketChannel channel, SocketAddress address) {}

    /** Makes the channel of a new connection. */
    interface Connector {
        Target target() throws IOException;
    }

    /** The peer closed before the first byte of an answer. */
    private static final class NoAnswer extends EOFException {
        private static final long serialVersionUID = 1L;

        NoAnswer(String message) {
            super(message);
        }
    }

    private final String name;
    private final Connector connector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_RESPONSE + 1);
    private volatile boolean closed;
    private volatile @Nullable Link link;
    private boolean oneCommandEach;
    private boolean keepsOpen;

    StreamTransport(String name, Connector connector) {
        this.name = name;
        this.connector = connector;
    }

    /** One connection. */
    private static final class Link {
        final SocketChannel channel;
        final Selector selector;
        final long openedNanos = System.nanoTime();
        int served;

        Link(SocketChannel channel, Selector selector) {
            this.channel = channel;
            this.selector = selector;
        }

        void close() {
            quietly(selector);
            quietly(channel);
        }

        private static void quietly(Closeable part) {
            try {
                part.close();
            } catch (IOException e) {
                // given up anyway
            }
        }
    }

    @Override
    public byte[] transmit(byte[] command, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean repeatable = Repeatable.is(command);
        Link used = usable(deadline, repeatable);
        try {
            return exchange(used, command, deadline);
        } catch (NoAnswer e) {
            boolean reused = used.served > 0;
            shut();
            if (!reused || !repeatable) {
                throw e;
            }
            closedBy(used);
            return exchange(connect(deadline), command, deadline);
        }
    }

    private byte[] exchange(Link on, byte[] command, long deadline) throws IOException {
        boolean done = false;
        try {
            send(on, command, deadline);
            byte[] response = receive(on, deadline);
            on.served++;
            keepsOpen |= on.served > 1;
            done = !oneCommandEach;
            return response;
        } finally {
            if (!done) {
                shut();
            }
        }
    }

    /**
     * The open connection when it is fit for another command, else a new one. As long as the server
     * has not yet taken two commands on one connection, it may be about to close: nothing that must
     * not be repeated is then sent on a used one.
     */
    private Link usable(long deadline, boolean repeatable) throws IOException {
        Link open = link;
        boolean sure = repeatable || keepsOpen || (open != null && open.served == 0);
        if (open != null && sure && !stale(open)) {
            return open;
        }
        shut();
        return connect(deadline);
    }

    /** Closed by the peer, out of step, or held for long enough. */
    private boolean stale(Link open) {
        if (System.nanoTime() - open.openedNanos > HOLD_MILLIS * 1_000_000L) {
            return true;
        }
        try {
            buffer.clear();
            int read = open.channel.read(buffer);
            if (read < 0) {
                closedBy(open);
            }
            return read != 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** What the server's closing tells about its ways. */
    private void closedBy(Link gone) {
        oneCommandEach |= gone.served == 1;
        keepsOpen = false;
    }

    /** Connects ahead of the first command. */
    void open(Duration timeout) throws IOException {
        connect(System.nanoTime() + timeout.toNanos());
    }

    private Link connect(long deadline) throws IOException {
        while (true) {
            if (closed) {
                throw new IOException(name + ": closed");
            }
            try {
                Link fresh = connectOnce(deadline);
                link = fresh;
                return fresh;
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                boolean backlogFull = String.valueOf(e.getMessage()).contains("temporarily");
                if (!backlogFull || System.nanoTime() >= deadline) {
                    throw new IOException(
                            "cannot connect to "
                                    + name
                                    + ": "
                                    + e.getMessage()
                                    + " - start the software TPM, or correct its address",
                            e);
                }
                LockSupport.parkNanos(CONNECT_PAUSE_NANOS);
            }
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the link owns both until it is shut
    private Link connectOnce(long deadline) throws IOException {
        Target target = connector.target();
        SocketChannel channel = target.channel();
        Selector selector = Selector.open();
        Link fresh = new Link(channel, selector);
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            if (!channel.connect(target.address())) {
                await(selector, deadline, "connection");
                channel.finishConnect();
            }
            key.interestOps(SelectionKey.OP_READ);
            connected = true;
            return fresh;
        } finally {
            if (!connected) {
                fresh.close();
            }
        }
    }

    private void send(Link on, byte[] command, long deadline) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(command);
        start(on, out);
        while (out.hasRemaining()) {
            if (System.nanoTime() >= deadline) {
                throw new SocketTimeoutException(name + ": does not take the command");
            }
            LockSupport.parkNanos(CONNECT_PAUSE_NANOS);
            on.channel.write(out);
        }
    }

    /** A server that closed between the look at the connection and this has taken nothing. */
    private void start(Link on, ByteBuffer command) throws IOException {
        try {
            on.channel.write(command);
        } catch (IOException e) {
            NoAnswer closedBefore = new NoAnswer(name + ": " + e.getMessage());
            closedBefore.initCause(e);
            throw closedBefore;
        }
    }

    private byte[] receive(Link on, long deadline) throws IOException {
        buffer.clear();
        while (buffer.position() < HEADER || buffer.position() < size()) {
            fill(on, deadline);
        }
        if (buffer.position() != size()) {
            throw new IOException(name + ": more bytes than one response");
        }
        byte[] response = new byte[buffer.position()];
        buffer.flip().get(response);
        return response;
    }

    private void fill(Link on, long deadline) throws IOException {
        int read = readOrReset(on);
        if (read < 0) {
            String text = name + ": closed by the TPM's side after " + buffer.position() + " bytes";
            throw buffer.position() == 0 ? new NoAnswer(text) : new EOFException(text);
        }
        if (read == 0) {
            boolean begun = buffer.position() > 0;
            long soon = System.nanoTime() + REST_NANOS;
            await(
                    on.selector,
                    begun ? Math.min(soon, deadline) : deadline,
                    begun ? "rest" : "answer");
        }
    }

    /** A reset before the first byte tells the same as an orderly end. */
    private int readOrReset(Link on) throws IOException {
        try {
            return on.channel.read(buffer);
        } catch (IOException e) {
            if (buffer.position() == 0 && !closed) {
                return -1;
            }
            throw e;
        }
    }

    private int size() throws IOException {
        int size = buffer.getInt(2);
        if (size < HEADER || size > MAX_RESPONSE) {
            throw new IOException(
                    name
                            + ": response size "
                            + Integer.toUnsignedLong(size)
                            + " (expected: 10.."
                            + MAX_RESPONSE
                            + ")");
        }
        return size;
    }

    private void await(Selector selector, long deadline, String what) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000 + 1;
        try {
            int ready = millis <= 0 ? 0 : selector.select(millis);
            selector.selectedKeys().clear();
            if (closed) {
                throw new IOException(name + ": closed");
            }
            if (ready == 0 && System.nanoTime() >= deadline) {
                throw new SocketTimeoutException(
                        name
                                + ": no "
                                + what
                                + " in time - another client may hold the only connection");
            }
        } catch (ClosedSelectorException e) {
            throw new IOException(name + ": closed", e);
        }
    }

    @Override
    public void release() {
        shut();
    }

    @Override
    public boolean managed() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
        shut();
    }

    private void shut() {
        Link open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }
}
