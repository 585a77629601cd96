// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

import java.util.function.IntConsumer;

/** Netty's decoder with every lenience off; tells of bytes before it knows what they mean. */
final class StrictDecoder extends HttpRequestDecoder {
    private final IntConsumer bytesCame;

    StrictDecoder(HttpLimits limits, IntConsumer bytesCame) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(limits.headBytes())
                        .setMaxHeaderSize(limits.headBytes())
                        .setMaxChunkSize(16 * 1024)
                        .setChunkedSupported(true)
                        .setAllowDuplicateContentLengths(false)
                        .setStrictLineParsing(true)
                        .setUseRfc9112TransferEncoding(true));
        this.bytesCame = bytesCame;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof io.netty.buffer.ByteBuf bytes) {
            bytesCame.accept(bytes.readableBytes());
        }
        super.channelRead(context, message);
    }
}
