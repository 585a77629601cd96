// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Event loops with their listening channels and connections; started once, stopped once. */
final class Endpoint {
    private static final int BACKLOG = 1024;
    private static final WriteBufferWaterMark WATER =
            new WriteBufferWaterMark(64 * 1024, 128 * 1024);
    private static final Duration POLL = Duration.ofMillis(5);

    private final ServerParts parts;
    private final MultiThreadIoEventLoopGroup loops;
    private final Class<? extends ServerChannel> channelType;
    private final List<Channel> listening = new ArrayList<>();

    Endpoint(
            ServerParts parts,
            String name,
            int threads,
            IoHandlerFactory io,
            Class<? extends ServerChannel> channelType) {
        this.parts = parts;
        this.channelType = channelType;
        this.loops =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io);
        // A loop without a timer of its own wakes up each second to look whether it has one.
        for (EventExecutor loop : loops) {
            var _ = loop.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.HOURS);
        }
    }

    /** Listens; throws whatever the system says, on the calling thread. */
    Channel listen(SocketAddress address, ChannelHandler connections) throws Exception {
        return bind(bootstrap(connections), address);
    }

    /**
     * As {@link #listen}, on the network.
     *
     * @param silence how long the system keeps a connection to itself whose client says nothing, in
     *     whole seconds of at least one; zero for not at all. Whoever only connects takes nobody's
     *     place meanwhile
     */
    Channel listenTcp(SocketAddress address, ChannelHandler connections, Duration silence)
            throws Exception {
        ServerBootstrap bootstrap =
                bootstrap(connections)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true);
        if (!silence.isZero() && EpollServerSocketChannel.class == channelType) {
            int seconds = (int) Math.max(1, silence.toSeconds());
            bootstrap.option(EpollChannelOption.TCP_DEFER_ACCEPT, seconds);
        }
        return bind(bootstrap, address);
    }

    private ServerBootstrap bootstrap(ChannelHandler connections) {
        return new ServerBootstrap()
                .group(loops)
                .channel(channelType)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
                .childHandler(connections);
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // callers treat both alike: start failed
    private Channel bind(ServerBootstrap bootstrap, SocketAddress address) throws Exception {
        ChannelFuture bound = bootstrap.bind(address).sync();
        listening.add(bound.channel());
        return bound.channel();
    }

    /** Runs on an event loop again and again; with more than one loop, on one of them. */
    void beat(Duration interval, Runnable beat) {
        long nanos = interval.toNanos();
        var _ = loops.next().scheduleWithFixedDelay(beat, 0, nanos, TimeUnit.NANOSECONDS);
    }

    /** Stops accepting, lets requests in flight end within the time, then closes everything. */
    void stop(Duration drain) {
        long end = System.nanoTime() + drain.toNanos();
        // First those that are open, so that no answer after the close says keep-alive.
        parts.admission().all().forEach(Connection::stop);
        for (Channel channel : listening) {
            channel.close().awaitUninterruptibly();
        }
        parts.admission().all().forEach(Connection::stop);
        boolean interrupted = false;
        while (parts.admission().size() > 0 && System.nanoTime() < end && !interrupted) {
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                interrupted = true; // told to hurry: what is in flight ends now
            }
        }
        parts.admission().all().forEach(Connection::closeNow);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3000);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
