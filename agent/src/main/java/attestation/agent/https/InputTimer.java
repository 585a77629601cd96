// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long a connection waits for what it wants of its client next; for its event loop only. */
final class InputTimer {
    private final Channel channel;
    private @Nullable Future<?> running;

    InputTimer(Channel channel) {
        this.channel = channel;
    }

    /** Waits for this from now on, and for nothing else. */
    void set(Duration after, Runnable action) {
        cancel();
        running = channel.eventLoop().schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
    }

    void cancel() {
        if (running != null) {
            running.cancel(false);
            running = null;
        }
    }
}
