// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.PeerCredentials;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * HTTP/1.1 on a unix socket, with the limits of {@link HttpsServer}; who may connect is decided by
 * the socket file's mode, which is the caller's. A peer's address reads {@code pid=71 uid=0}.
 *
 * <p>Start it once and stop it once, both from one thread.
 */
public final class UnixHttpServer {
    private final ErrorAnswers errors;
    private @Nullable ServerParts parts;
    private @Nullable Endpoint endpoint;

    /**
     * @param errors makes the bodies of answers that no handler gave
     */
    public UnixHttpServer(ErrorAnswers errors) {
        this.errors = errors;
    }

    /**
     * Listens on a path that does not exist yet.
     *
     * @throws ListenException when the system does not allow it
     */
    public void start(Path socket, HttpLimits limits, Handler handler, HttpsEvents events)
            throws ListenException {
        ServerParts made = ServerParts.of(limits, handler, errors, events);
        parts = made;
        boolean epoll = Epoll.isAvailable();
        Endpoint opened =
                epoll
                        ? new Endpoint(
                                made,
                                "status",
                                1,
                                EpollIoHandler.newFactory(),
                                EpollServerDomainSocketChannel.class)
                        : new Endpoint(
                                made,
                                "status",
                                1,
                                NioIoHandler.newFactory(),
                                NioServerDomainSocketChannel.class);
        endpoint = opened;
        var address =
                epoll
                        ? new DomainSocketAddress(socket.toString())
                        : UnixDomainSocketAddress.of(socket);
        try {
            Channel bound = opened.listen(address, new Newcomers());
            Objects.requireNonNull(bound);
        } catch (Exception e) {
            stop(Duration.ZERO);
            String why = Untrusted.show(String.valueOf(e.getMessage()), 200);
            throw new ListenException(socket.toString(), why, e);
        }
    }

    /** Stops accepting, finishes requests in flight within the time, then closes the rest. */
    public void stop(Duration drain) {
        if (endpoint != null) {
            endpoint.stop(drain);
            endpoint = null;
        }
    }

    /** Process of the one that connected, where the system tells; else only that it is local. */
    private static String credentials(Channel channel) {
        if (channel instanceof EpollDomainSocketChannel socket) {
            try {
                PeerCredentials peer = socket.peerCredentials();
                return "pid=" + peer.pid() + " uid=" + peer.uid();
            } catch (IOException e) {
                return "local"; // gone already; it will be noticed when it is read from
            }
        }
        return "local";
    }

    private final class Newcomers extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            ServerParts running = Objects.requireNonNull(parts);
            Connection connection = new Connection(running, channel);
            running.counters().connections.increment();
            if (!running.admission().admit(connection)) {
                running.refuse(Refusal.Kind.TOO_MANY, "local", "");
                channel.close().addListener(done -> connection.flow().changed());
                return;
            }
            channel.pipeline()
                    .addLast(new StrictDecoder(running.limits(), connection::bytesCame))
                    .addLast(connection);
            connection.secured(new Peer(credentials(channel), Optional.empty()), null);
        }
    }
}
