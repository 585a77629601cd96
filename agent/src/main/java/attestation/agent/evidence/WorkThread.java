// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.host.Deadline;
import attestation.systemd.Heartbeat;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One thread that does what others ask of it, in the order they ask, and something of its own
 * whenever that is due.
 *
 * <p>It is never interrupted: an interrupt would close the file that it reads. All methods may be
 * called from any thread but this one.
 */
final class WorkThread {
    private static final int MOST_WAITING = 4096;
    private static final String STOPPING = "the agent is stopping";

    /** The thread's own work. */
    interface Turns {
        /** Does a bounded part of it; returns how long to wait before the next. */
        Duration turn();

        /** The end, on the thread itself. */
        void end();
    }

    /** What somebody waits for. */
    private static final class Job<T> {
        private final Callable<T> task;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Job(Callable<T> task) {
            this.task = task;
        }

        void run() {
            if (answer.isDone()) {
                return;
            }
            try {
                answer.complete(task.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        }

        void refuse(String reason) {
            answer.completeExceptionally(new Refused(reason));
        }
    }

    /** The thread does not take the job. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(reason);
        }
    }

    private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Heartbeat heartbeat;
    private final Turns turns;
    private final Thread thread;
    private boolean ended;
    private volatile boolean stopping;

    WorkThread(
            String name,
            Heartbeat heartbeat,
            Turns turns,
            Thread.UncaughtExceptionHandler whenItDies) {
        this.heartbeat = heartbeat;
        this.turns = turns;
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name(name)
                        .uncaughtExceptionHandler(whenItDies)
                        .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Ends the thread after what it is doing; those that wait are told.
     *
     * @return whether it ended in time
     */
    boolean stop(Duration patience) throws InterruptedException {
        stopping = true;
        var _ = queue.offer(new Job<>(() -> true));
        return thread.getState() == Thread.State.NEW || thread.join(patience);
    }

    /**
     * Has {@code task} done, at most until the deadline.
     *
     * @throws EvidenceException with what the task threw, or when the time was up before
     */
    <T> T ask(Callable<T> task, Deadline deadline) throws EvidenceException, InterruptedException {
        Job<T> job = new Job<>(task);
        add(job);
        try {
            return job.answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw unavailable(reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw unavailable("still being read after " + deadline.elapsed().toMillis() + " ms", e);
        } finally {
            job.answer.cancel(false);
        }
    }

    /** Has {@code task} done some time, unless too much waits already; what it throws is lost. */
    void tell(Callable<?> task) {
        add(new Job<>(task));
    }

    private synchronized void add(Job<?> job) {
        if (ended) {
            job.refuse(STOPPING);
        } else if (!queue.offer(job)) {
            job.refuse(MOST_WAITING + " requests wait for it already");
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "no reason";
        }
        return cause instanceof RuntimeException ? cause.toString() : cause.getMessage() + "";
    }

    private static EvidenceException unavailable(String reason, @Nullable Throwable cause) {
        return new EvidenceException(
                EvidenceException.Kind.UNAVAILABLE, "measurement list: " + reason, cause);
    }

    private void run() {
        try {
            long due = System.nanoTime();
            while (!stopping) {
                Job<?> job = next(due - System.nanoTime());
                if (job != null) {
                    job.run();
                }
                if (!stopping && due - System.nanoTime() <= 0) {
                    due = turns.turn().toNanos() + System.nanoTime();
                }
                heartbeat.beat();
            }
        } finally {
            refuseAll();
        }
        turns.end();
        heartbeat.close();
    }

    private @Nullable Job<?> next(long nanos) {
        try (var _ = heartbeat.waitingOn("work")) {
            return queue.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return null; // nobody interrupts this thread; a stray one means nothing
        }
    }

    private synchronized void refuseAll() {
        ended = true;
        List<Job<?>> left = new ArrayList<>();
        queue.drainTo(left);
        left.forEach(job -> job.refuse(STOPPING));
    }
}
