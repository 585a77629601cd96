// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.host.Deadline;
import attestation.fixtures.Await;
import attestation.systemd.Notifier;
import attestation.systemd.Watchdog;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

class WorkThreadTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicReference<Throwable> death = new AtomicReference<>();
    private final CountDownLatch release = new CountDownLatch(1);

    private final WorkThread thread =
            new WorkThread(
                    "work",
                    new Watchdog(
                                    Map.of(),
                                    1,
                                    new Notifier(Map.of(), System::nanoTime, failure -> {}),
                                    System::nanoTime,
                                    stall -> {})
                            .register("work"),
                    new WorkThread.Turns() {
                        @Override
                        public Duration turn() {
                            turns.incrementAndGet();
                            return Duration.ofMillis(1);
                        }

                        @Override
                        public void end() {
                            ended.set(true);
                        }
                    },
                    (died, cause) -> death.set(cause));

    private CompletableFuture<String> asked(String answer) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return thread.ask(() -> answer, Deadline.after(LONG));
                    } catch (EvidenceException | InterruptedException e) {
                        throw new CompletionException(e);
                    }
                });
    }

    /** Occupies the thread until it is released; tells whether it was interrupted meanwhile. */
    private CompletableFuture<Boolean> occupied() {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        var _ =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                thread.ask(
                                        () -> {
                                            begun.countDown();
                                            release.await();
                                            interrupted.complete(
                                                    Thread.currentThread().isInterrupted());
                                            return true;
                                        },
                                        Deadline.after(LONG));
                            } catch (EvidenceException | InterruptedException e) {
                                interrupted.completeExceptionally(e);
                            }
                        });
        Await.until("occupied", () -> begun.getCount() == 0);
        return interrupted;
    }

    @Test
    void ask_betweenTurns_isAnswered() throws Exception {
        thread.start();
        assertEquals("yes", asked("yes").get());
        Await.until("turns", () -> turns.get() > 3);
        assertTrue(thread.stop(LONG));
        assertTrue(ended.get());
    }

    @Test
    void stop_whileSomebodyWorks_interruptsNothingAndTellsThoseWhoWait() throws Exception {
        thread.start();
        CompletableFuture<Boolean> interrupted = occupied();
        CompletableFuture<String> waiting = asked("never");
        assertFalse(thread.stop(Duration.ofMillis(50)));
        assertFalse(ended.get());
        release.countDown();
        assertTrue(thread.stop(LONG));
        assertFalse(interrupted.get());
        Throwable told = assertThrows(CompletionException.class, waiting::join).getCause();
        assertTrue(String.valueOf(told).endsWith("measurement list: the agent is stopping"));
        EvidenceException later =
                assertThrows(
                        EvidenceException.class, () -> thread.ask(() -> 1, Deadline.after(LONG)));
        assertEquals("measurement list: the agent is stopping", later.getMessage());
    }

    @Test
    void ask_timeUpBeforeItsTurn_isToldAndNeverRun() throws Exception {
        thread.start();
        var _ = occupied();
        AtomicBoolean run = new AtomicBoolean();
        EvidenceException late =
                assertThrows(
                        EvidenceException.class,
                        () ->
                                thread.ask(
                                        () -> run.compareAndSet(false, true),
                                        Deadline.after(Duration.ofMillis(30))));
        assertTrue(String.valueOf(late.getMessage()).contains("still being read"));
        release.countDown();
        assertEquals("next", asked("next").get());
        assertFalse(run.get());
        assertTrue(thread.stop(LONG));
    }

    @Test
    void ask_taskThatFails_givesItsReasonAndTheThreadGoesOn() throws Exception {
        thread.start();
        EvidenceException failed =
                assertThrows(
                        EvidenceException.class,
                        () ->
                                thread.ask(
                                        () -> {
                                            throw new IOException("disk full");
                                        },
                                        Deadline.after(LONG)));
        assertEquals("measurement list: disk full", failed.getMessage());
        assertEquals("next", asked("next").get());
        assertTrue(thread.stop(LONG));
    }

    @Test
    void turnThatDies_isToldAndThoseWhoWaitAreSentAway() throws Exception {
        WorkThread dying =
                new WorkThread(
                        "dying",
                        new Watchdog(
                                        Map.of(),
                                        1,
                                        new Notifier(Map.of(), System::nanoTime, failure -> {}),
                                        System::nanoTime,
                                        stall -> {})
                                .register("dying"),
                        new WorkThread.Turns() {
                            @Override
                            public Duration turn() {
                                throw new IllegalStateException("defect");
                            }

                            @Override
                            public void end() {}
                        },
                        (died, cause) -> death.set(cause));
        dying.start();
        Await.until("death", () -> death.get() != null);
        assertInstanceOf(IllegalStateException.class, death.get());
        assertThrows(EvidenceException.class, () -> dying.ask(() -> 1, Deadline.after(LONG)));
    }
}
