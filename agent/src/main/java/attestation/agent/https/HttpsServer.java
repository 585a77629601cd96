// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * HTTP/1.1 over mutual TLS: every path, a wrong one too, needs a verified client certificate.
 *
 * <p>Start it once and stop it once; {@link #start}, {@link #reload} and {@link #stop} block and
 * belong to one thread, {@link #counters} may be called from any.
 */
public final class HttpsServer {
    private static final Duration MOST_SILENCE = Duration.ofSeconds(60);

    private final ErrorAnswers errors;
    private final Object tlsLock = new Object();
    private @Nullable Tls tls;
    private @Nullable TlsProvider provider;
    private @Nullable Endpoint endpoint;
    private volatile @Nullable ServerParts parts;
    private volatile List<String> addresses = List.of();

    /**
     * @param errors makes the bodies of answers that no handler gave
     */
    public HttpsServer(ErrorAnswers errors) {
        this.errors = errors;
    }

    /**
     * Listens on all addresses of all hosts and serves from then on.
     *
     * @param material empty only where {@link HttpsSettings#mutualTls} is off
     * @return the port, which is the chosen one where the settings say 0
     * @throws ListenException when an address is taken, not of this host, or not permitted; nothing
     *     is listened on then
     * @throws TlsMaterialException when key and certificate cannot be used
     */
    public int start(
            HttpsSettings settings,
            Optional<TlsMaterial> material,
            Handler handler,
            HttpsEvents events)
            throws ListenException, TlsMaterialException {
        if (parts != null) {
            throw new IllegalStateException("the server has been started before");
        }
        if (settings.mutualTls()) {
            TlsMaterial needed =
                    material.orElseThrow(
                            () -> new TlsMaterialException("mutual TLS: no key given", null));
            provider = settings.provider();
            tls = new Tls(needed, settings.provider(), Clock.systemUTC());
        }
        ServerParts made = ServerParts.of(settings.limits(), handler, errors, events);
        parts = made;
        Endpoint opened = endpoint(settings, made);
        endpoint = opened;
        try {
            return listen(settings, opened);
        } catch (ListenException e) {
            stop(Duration.ZERO);
            throw e;
        }
    }

    private static Endpoint endpoint(HttpsSettings settings, ServerParts parts) {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerChannel> type =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        return new Endpoint(parts, "https", settings.eventLoopThreads(), io, type);
    }

    private int listen(HttpsSettings settings, Endpoint opened) throws ListenException {
        int port = settings.port();
        Duration silence = silence(settings);
        List<String> bound = new ArrayList<>();
        for (InetAddress address : resolve(settings)) {
            InetSocketAddress wanted = new InetSocketAddress(address, port);
            InetSocketAddress got = listen(opened, wanted, silence);
            port = got.getPort();
            bound.add(Addresses.text(got));
        }
        addresses = List.copyOf(bound);
        return port;
    }

    /** In TLS the client speaks first. */
    private static Duration silence(HttpsSettings settings) {
        Duration handshake = settings.limits().handshakeTimeout();
        if (!settings.mutualTls()) {
            return Duration.ZERO;
        }
        return handshake.compareTo(MOST_SILENCE) < 0 ? handshake : MOST_SILENCE;
    }

    private static Set<InetAddress> resolve(HttpsSettings settings) throws ListenException {
        Set<InetAddress> found = new LinkedHashSet<>();
        for (String host : settings.hosts()) {
            try {
                found.addAll(List.of(InetAddress.getAllByName(host)));
            } catch (UnknownHostException e) {
                throw new ListenException(
                        Untrusted.show(host, 200) + ":" + settings.port(),
                        "no address of that name (expected: an IP address or a host name that"
                                + " resolves); correct the setting",
                        e);
            }
        }
        return found;
    }

    private InetSocketAddress listen(Endpoint opened, InetSocketAddress wanted, Duration silence)
            throws ListenException {
        try {
            Channel channel = opened.listenTcp(wanted, new Newcomers(), silence);
            return (InetSocketAddress) channel.localAddress();
        } catch (Exception e) {
            throw BindFailure.explain(wanted, e);
        }
    }

    /**
     * New connections get this material; open ones stay, but those whose client would not be let in
     * any more are closed.
     *
     * @throws TlsMaterialException when it cannot be used; everything stays as it was
     */
    public void reload(TlsMaterial material) throws TlsMaterialException {
        ServerParts running = parts;
        if (running == null || provider == null) {
            throw new IllegalStateException("the server does not run with TLS");
        }
        Tls next = new Tls(material, provider, Clock.systemUTC());
        synchronized (tlsLock) {
            Tls before = tls;
            tls = next;
            if (before != null) {
                before.release();
            }
        }
        for (Connection connection : running.admission().all()) {
            checkAgain(connection, next.trust());
        }
    }

    private static void checkAgain(Connection connection, ClientTrust trust) {
        var chain = connection.chain();
        if (chain == null) {
            return;
        }
        try {
            trust.check(chain);
        } catch (ClientRefused e) {
            connection.distrust(String.valueOf(e.getMessage()));
        }
    }

    /** Stops accepting, finishes requests in flight within the time, then closes the rest. */
    public void stop(Duration drain) {
        if (endpoint != null) {
            addresses = List.of();
            endpoint.stop(drain);
            endpoint = null;
        }
        synchronized (tlsLock) {
            if (tls != null) {
                tls.release();
                tls = null;
            }
        }
    }

    /**
     * Has {@code beat} run on an event loop once in a while, as long as that loop turns; only
     * between start and stop.
     */
    public void beat(Duration interval, Runnable beat) {
        if (endpoint != null) {
            endpoint.beat(interval, beat);
        }
    }

    /** What the server has done; all zero before the start. */
    public ServerCounters counters() {
        ServerParts running = parts;
        return running == null ? new Counters().snapshot(0, 0, 0) : running.snapshot();
    }

    /** Where it listens, for example {@code 192.0.2.7:9002}; empty before the start. */
    public List<String> addresses() {
        return addresses;
    }

    private ClientTrust currentTrust(ClientTrust otherwise) {
        synchronized (tlsLock) {
            return tls == null ? otherwise : tls.trust();
        }
    }

    /** Gives each new connection its pipeline, or closes it when there is no room. */
    private final class Newcomers extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            ServerParts running = java.util.Objects.requireNonNull(parts);
            Connection connection = new Connection(running, channel);
            running.counters().connections.increment();
            if (!running.admission().admit(connection)) {
                running.refuse(Refusal.Kind.TOO_MANY, connection.address(), "");
                channel.close().addListener(done -> connection.flow().changed());
                return;
            }
            boolean secured = secure(running, channel, connection);
            channel.pipeline()
                    .addLast(new StrictDecoder(running.limits(), connection::bytesCame))
                    .addLast(connection);
            if (!secured) {
                connection.secured(new Peer(connection.address(), Optional.empty()), null);
            }
        }

        private boolean secure(ServerParts running, Channel channel, Connection connection) {
            synchronized (tlsLock) {
                Tls now = tls;
                if (now == null) {
                    return false;
                }
                SslHandler handler = now.newHandler(channel.alloc());
                handler.setHandshakeTimeoutMillis(running.limits().handshakeTimeout().toMillis());
                handler.setCloseNotifyFlushTimeoutMillis(1000);
                channel.pipeline()
                        .addLast(new Greeting(connection))
                        .addLast(handler)
                        .addLast(
                                new HandshakeWatch(
                                        running,
                                        connection,
                                        handler,
                                        now.trust(),
                                        () -> currentTrust(now.trust())));
                return true;
            }
        }
    }
}
