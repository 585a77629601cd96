// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.queue;

import attestation.tpm.Lane;
import attestation.tpm.TpmException.TpmBusy;
import attestation.tpm.TpmException.TpmUnavailable;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waiting requests: first come, first served in each lane, and the lanes in turn. Thread-safe; one
 * thread takes.
 */
final class JobQueue {
    private final int limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Map<Lane, ArrayDeque<Job<?>>> lanes = new EnumMap<>(Lane.class);
    private final ArrayDeque<Lane> order = new ArrayDeque<>(List.of(Lane.values()));
    private boolean closed;

    /**
     * @param limit how many may wait in each lane
     */
    JobQueue(int limit) {
        this.limit = limit;
        for (Lane lane : Lane.values()) {
            lanes.put(lane, new ArrayDeque<>());
        }
    }

    void add(Job<?> job) throws TpmBusy, TpmUnavailable {
        lock.lock();
        try {
            if (closed) {
                throw new TpmUnavailable("TPM: closed, the agent stops", null);
            }
            ArrayDeque<Job<?>> lane = lane(job.lane);
            if (lane.size() >= limit) {
                throw new TpmBusy(
                        job.what
                                + ": TPM queue is full, "
                                + limit
                                + " requests wait (expected: fewer) - ask less often, or raise the"
                                + " queue limit");
            }
            lane.addLast(job);
            added.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next one, waiting for it; null when none came in time or the queue is closed. */
    @Nullable Job<?> take(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            Job<?> job = next();
            while (job == null && left > 0 && !closed) {
                try {
                    left = added.awaitNanos(left);
                } catch (InterruptedException e) {
                    // nobody interrupts the TPM thread; a stray one means nothing
                }
                job = next();
            }
            return job;
        } finally {
            lock.unlock();
        }
    }

    /** The lane that was served goes behind the other. */
    private @Nullable Job<?> next() {
        for (Lane lane : order) {
            Job<?> job = lane(lane).pollFirst();
            if (job != null) {
                order.remove(lane);
                order.addLast(lane);
                return job;
            }
        }
        return null;
    }

    /** Takes back one whose caller has given up. */
    void remove(Job<?> job) {
        lock.lock();
        try {
            lane(job.lane).remove(job);
        } finally {
            lock.unlock();
        }
    }

    int length() {
        lock.lock();
        try {
            return lanes.values().stream().mapToInt(ArrayDeque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing in any more and fails what waits. */
    void close() {
        lock.lock();
        try {
            closed = true;
            for (ArrayDeque<Job<?>> lane : lanes.values()) {
                lane.forEach(j -> j.fail(new TpmUnavailable("TPM: closed, the agent stops", null)));
                lane.clear();
            }
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private ArrayDeque<Job<?>> lane(Lane lane) {
        return java.util.Objects.requireNonNull(lanes.get(lane));
    }
}
