// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.queue;

import attestation.tpm.Lane;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.TimedOut;
import attestation.tpm.tss.Patience;
import attestation.tpm.tss.TpmConnection;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One request on its way through the queue. Its caller waits at most until the deadline; what the
 * TPM still does for it then is finished, put away, and thrown away.
 *
 * @param <T> what it gives
 */
final class Job<T> implements Patience {
    /** What is done on the TPM thread. */
    interface Work<T> {
        T run(TpmConnection connection) throws TpmException;
    }

    final String what;
    final Lane lane;
    final boolean repeatable;
    final long queuedNanos = System.nanoTime();
    private final long deadlineNanos;
    private final Work<T> work;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean started;
    private volatile boolean abandoned;
    private volatile @Nullable T result;
    private volatile @Nullable Throwable failure;
    boolean repeated;

    Job(String what, Lane lane, boolean repeatable, long timeoutNanos, Work<T> work) {
        this.what = what;
        this.lane = lane;
        this.repeatable = repeatable;
        this.deadlineNanos = queuedNanos + timeoutNanos;
        this.work = work;
    }

    /** On the TPM thread: runs it; a failure that concerns the connection is thrown on. */
    void run(TpmConnection connection) throws TpmException {
        started = true;
        connection.patience(this);
        try {
            result = work.run(connection);
            done.countDown();
        } finally {
            connection.patience(Patience.ENDLESS);
        }
    }

    void fail(Throwable cause) {
        failure = cause;
        done.countDown();
    }

    boolean started() {
        return started;
    }

    /** Whether nobody waits any more. */
    boolean over() {
        return abandoned || remainingNanos() <= 0;
    }

    /** In the caller's thread: whether it was done in time. */
    boolean await() throws InterruptedException {
        boolean finished = false;
        try {
            finished = done.await(Math.max(0, remainingNanos()), TimeUnit.NANOSECONDS);
        } finally {
            abandoned = !finished;
        }
        return finished;
    }

    /** In the caller's thread, when it is done. */
    T result() throws TpmException {
        switch (failure) {
            case null -> {}
            case TpmException e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
        @Nullable T value = result;
        if (value == null) {
            throw new IllegalStateException(what + " gave nothing");
        }
        return value;
    }

    @Override
    public void check(String next) throws TimedOut {
        if (over()) {
            throw new TimedOut(what + ": the time was up before " + next + " - it was not sent");
        }
    }

    @Override
    public long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }
}
