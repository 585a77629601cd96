// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.Channel;

import java.util.concurrent.RejectedExecutionException;

/** The event loop of a connection, for other threads. */
final class Loop {
    private final Channel channel;

    Loop(Channel channel) {
        this.channel = channel;
    }

    /** Has it run; false when the loop has ended, and all its connections with it. */
    boolean run(Runnable action) {
        try {
            channel.eventLoop().execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
