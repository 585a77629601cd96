// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.tpm.ClockInfo;
import attestation.tpm.Lane;
import attestation.tpm.TpmException;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

class JobQueueTest {
    private static final long LONG = Duration.ofMinutes(1).toNanos();

    private static Job<Integer> job(String what, Lane lane) {
        return new Job<>(what, lane, true, LONG, _ -> 1);
    }

    private static String take(JobQueue queue) {
        return Objects.requireNonNull(queue.take(0)).what;
    }

    @Test
    void take_bothLanesFull_alternates() throws Exception {
        JobQueue queue = new JobQueue(10);
        for (int i = 0; i < 4; i++) {
            queue.add(job("integrity " + i, Lane.INTEGRITY));
        }
        queue.add(job("identity 0", Lane.IDENTITY));
        queue.add(job("identity 1", Lane.IDENTITY));
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            order.add(take(queue));
        }
        assertEquals(
                List.of(
                        "identity 0",
                        "integrity 0",
                        "identity 1",
                        "integrity 1",
                        "integrity 2",
                        "integrity 3"),
                order);
        assertNull(queue.take(0));
    }

    @Test
    void add_laneFull_isRefusedAndTheOtherLaneIsNot() throws Exception {
        JobQueue queue = new JobQueue(2);
        queue.add(job("a", Lane.INTEGRITY));
        queue.add(job("b", Lane.INTEGRITY));
        TpmException.TpmBusy e =
                assertThrows(TpmException.TpmBusy.class, () -> queue.add(job("c", Lane.INTEGRITY)));
        assertTrue(e.getMessage().startsWith("c: TPM queue is full, 2 requests wait"));
        queue.add(job("d", Lane.IDENTITY));
        assertEquals(3, queue.length());
    }

    @Test
    void remove_givenUp_freesThePlace() throws Exception {
        JobQueue queue = new JobQueue(1);
        Job<Integer> job = job("a", Lane.INTEGRITY);
        queue.add(job);
        queue.remove(job);
        assertEquals(0, queue.length());
        queue.add(job("b", Lane.INTEGRITY));
        assertEquals("b", take(queue));
    }

    @Test
    void close_waitingJobs_failAndNoMoreComeIn() throws Exception {
        JobQueue queue = new JobQueue(1);
        Job<Integer> job = job("a", Lane.INTEGRITY);
        queue.add(job);
        queue.close();
        assertTrue(job.await());
        assertThrows(TpmException.TpmUnavailable.class, job::result);
        assertThrows(TpmException.TpmUnavailable.class, () -> queue.add(job("b", Lane.INTEGRITY)));
        assertNull(queue.take(LONG));
    }

    @Test
    void await_deadlinePassed_isOverAndSendsNoMore() throws Exception {
        Job<Integer> job = new Job<>("a", Lane.INTEGRITY, true, 0, _ -> 1);
        assertTrue(!job.await());
        assertTrue(job.over());
        TpmException.TimedOut e =
                assertThrows(TpmException.TimedOut.class, () -> job.check("TPM2_Quote"));
        assertEquals("a: the time was up before TPM2_Quote - it was not sent", e.getMessage());
    }

    @Test
    void waits_ofTheLastMinute_areMeanAndMaximum() {
        WaitWindow window = new WaitWindow(60);
        window.add(100, 2_000_000);
        window.add(159, 6_000_000);
        assertEquals(2, window.summary(159).requests());
        assertEquals(4.0, window.summary(159).meanMillis());
        assertEquals(6.0, window.summary(160).meanMillis());
        assertEquals(0, window.summary(1000).requests());
    }

    @Test
    void clock_countersThatChange_areResetsAndRestarts() {
        Instant now = Instant.parse("2026-11-23T00:00:00Z");
        WorkerState state = new WorkerState(Clock.fixed(now, ZoneOffset.UTC));
        state.clock(new ClockInfo(1, 5, 0, true));
        state.clock(new ClockInfo(2, 5, 0, true));
        state.clock(new ClockInfo(3, 5, 1, true));
        state.clock(new ClockInfo(4, 6, 0, true));
        var resets = state.snapshot("device", 0, 1).resets();
        assertEquals(2, resets.size());
        assertEquals(List.of(false, true), resets.stream().map(r -> r.reset()).toList());
        assertEquals(now, resets.getFirst().when());
    }
}
