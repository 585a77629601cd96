// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Starts services in order and stops them in reverse; the first failure stops all, and is what the
 * process reports.
 *
 * <p>{@link #run} belongs to one thread; {@link #stop} and {@link #fail} may come from any.
 */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final List<Service> services;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();

    Supervisor(List<Service> services) {
        this.services = List.copyOf(services);
    }

    /**
     * Starts all, waits for the end, stops all.
     *
     * @param ready runs when the last service has started
     * @param stopping runs before the first is stopped
     * @throws Exception the first failure, later ones suppressed in it
     */
    void run(Runnable ready, Runnable stopping) throws Exception {
        Deque<Service> started = new ArrayDeque<>();
        try {
            for (Service service : services) {
                if (end.getCount() == 0) {
                    break;
                }
                started.push(service);
                service.start();
            }
            if (end.getCount() > 0) {
                ready.run();
            }
            end.await();
        } catch (Exception e) {
            fail(e);
        }
        stopping.run();
        stopAll(started);
        Throwable first = cause.get();
        if (first instanceof Exception e) {
            throw e;
        }
        if (first != null) {
            throw new IllegalStateException("a thread of the agent died: " + first, first);
        }
    }

    /** Ends the run in order; the process reports success. */
    void stop() {
        end.countDown();
    }

    /** Ends the run because of a failure; the first one counts. */
    void fail(Throwable failure) {
        cause.compareAndSet(null, failure);
        end.countDown();
    }

    private void stopAll(Deque<Service> started) {
        for (Service service : started) {
            try {
                service.stop();
            } catch (Exception e) {
                LOG.warn(
                        "service did not stop cleanly service={} reason={}",
                        service.name(),
                        e.toString());
                Throwable first = cause.get();
                if (first == null) {
                    cause.compareAndSet(null, e);
                } else if (!first.equals(e)) {
                    first.addSuppressed(e);
                }
            }
        }
    }
}
