// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.host.LineQuota;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread, only while there is something to do, with a short queue that drops its oldest. */
final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int QUEUE = 16;
    private static final int LINES_A_MINUTE = 10;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    /** A job that ends when its thread is interrupted. */
    @FunctionalInterface
    interface Job {
        void run() throws InterruptedException;
    }

    private final String name;
    private final LineQuota drops = new LineQuota(LINES_A_MINUTE);
    private final ThreadPoolExecutor executor;

    Worker(String name) {
        this.name = name;
        this.executor =
                new ThreadPoolExecutor(
                        1,
                        1,
                        10,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(QUEUE),
                        Thread.ofPlatform().daemon().name(name).factory(),
                        this::dropOldest);
        executor.allowCoreThreadTimeOut(true);
    }

    private void dropOldest(Runnable job, ThreadPoolExecutor full) {
        if (!full.isShutdown()) {
            full.getQueue().poll();
            drops.take("")
                    .ifPresent(
                            told ->
                                    LOG.warn(
                                            "job dropped worker={} reason=\"{} jobs wait already\"{}",
                                            name,
                                            QUEUE,
                                            told));
            full.execute(job);
        }
    }

    void submit(Job job) {
        executor.execute(() -> run(job));
    }

    private void run(Job job) {
        try {
            job.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("job failed unexpectedly worker={}", name, e);
        }
    }

    /** Interrupts the running job, whose script is killed, and waits for its end. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("worker did not stop in time worker={}", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever stops us is in a hurry
        }
    }
}
