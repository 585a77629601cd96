// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Before TLS: tells a connection that its client has begun to speak, then goes away. */
final class FirstBytes extends ChannelInboundHandlerAdapter {
    private final Connection connection;

    FirstBytes(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        connection.spoke();
        context.fireChannelRead(message);
        context.pipeline().remove(this);
    }
}
