// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Before TLS: tells a connection how far its client has come, from the first byte to a whole hello
 * that is answered, then goes away.
 */
final class Greeting extends ChannelDuplexHandler {
    private final Connection connection;

    Greeting(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        connection.came(Standing.SPOKE);
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        connection.came(Standing.GREETED);
        var _ = context.write(message, promise);
        context.pipeline().remove(this);
    }
}
