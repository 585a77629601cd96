// SPDX-License-Identifier: Apache-2.0
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;

import java.io.File;
import java.nio.charset.StandardCharsets;

/**
 * The limit for new connections: Netty and BoringSSL with the agent's settings, and nothing else.
 * Answers every request by the same few bytes and closes.
 *
 * <p>Usage: {@code java BareTls PORT CERTIFICATE KEY CLIENT_CA}; further arguments are not looked
 * at.
 */
final class BareTls {
    private static final ByteBuf BODY =
            Unpooled.unreleasableBuffer(
                    Unpooled.copiedBuffer(
                            "{\"code\":200,\"status\":\"Success\",\"results\":{}}",
                            StandardCharsets.US_ASCII));

    private BareTls() {}

    public static void main(String[] args) throws Exception {
        SslContext tls =
                SslContextBuilder.forServer(new File(args[1]), new File(args[2]))
                        .sslProvider(SslProvider.OPENSSL_REFCNT)
                        .trustManager(new File(args[3]))
                        .clientAuth(ClientAuth.REQUIRE)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .build();
        ((OpenSslSessionContext) tls.sessionContext()).setSessionCacheEnabled(false);
        new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childHandler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline()
                                        .addLast(handler(tls, channel))
                                        .addLast(new HttpServerCodec())
                                        .addLast(new Same());
                            }
                        })
                .bind("127.0.0.1", Integer.parseInt(args[0]))
                .sync()
                .channel()
                .closeFuture()
                .sync();
    }

    private static SslHandler handler(SslContext tls, SocketChannel channel) {
        SslHandler handler = tls.newHandler(channel.alloc());
        long ssl = ((ReferenceCountedOpenSslEngine) handler.engine()).sslPointer();
        SSL.setOptions(ssl, SSL.SSL_OP_NO_TICKET); // as the agent does
        return handler;
    }

    private static final class Same extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest) {
                var answer =
                        new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, BODY.duplicate());
                answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, BODY.readableBytes());
                context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
