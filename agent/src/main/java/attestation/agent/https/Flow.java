// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.Channel;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Holds the producer of a body back until its connection takes more. */
final class Flow {
    /** What came of the wait. */
    enum State {
        WRITABLE,
        STALLED,
        GONE
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Channel channel;

    Flow(Channel channel) {
        this.channel = channel;
    }

    /** Called on the event loop when the channel became writable, or inactive. */
    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, uninterrupted so that no file is closed under its other readers. */
    State await(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        lock.lock();
        try {
            while (true) {
                if (!channel.isActive()) {
                    return State.GONE;
                }
                if (channel.isWritable()) {
                    return State.WRITABLE;
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return State.STALLED;
                }
                try {
                    boolean signalled = changed.await(left, TimeUnit.NANOSECONDS);
                    interrupted &= signalled;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
