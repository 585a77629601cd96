// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.host.Deadline;
import attestation.fixtures.GrowingLog;
import attestation.ima.HashAlgorithms;
import attestation.ima.follow.BootIdentity;
import attestation.ima.follow.FollowerSettings;
import attestation.ima.follow.KeepOpen;
import attestation.ima.follow.MeasurementFollower;
import attestation.systemd.Notifier;
import attestation.systemd.Watchdog;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** What requests may learn of the list without the log thread, and what they may not. */
class LogServiceTest {
    private static final Deadline LONG = Deadline.after(Duration.ofMinutes(1));

    @TempDir Path folder;
    private final CountDownLatch release = new CountDownLatch(1);
    private GrowingLog list;
    private LogService log;

    @BeforeEach
    void start() {
        list = GrowingLog.in(folder);
        list.appendSynthetic(5);
        log =
                new LogService(
                        list.ascii(),
                        Optional.of(list.countFile()),
                        this::follower,
                        Duration.ofMinutes(10),
                        Clock.systemUTC(),
                        new Watchdog(
                                        Map.of(),
                                        1,
                                        new Notifier(Map.of(), System::nanoTime, failure -> {}),
                                        System::nanoTime,
                                        stall -> {})
                                .register("log"),
                        (thread, cause) -> {});
        log.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        release.countDown();
        log.stop();
    }

    private MeasurementFollower follower() {
        return MeasurementFollower.open(
                new FollowerSettings(
                        list.ascii(),
                        Optional.empty(),
                        Optional.of(list.countFile()),
                        KeepOpen.AUTO,
                        folder,
                        1 << 20,
                        new BootIdentity("boot", OptionalLong.empty()),
                        HashAlgorithms.standard(),
                        Clock.systemUTC()));
    }

    /** From here on the log thread is busy with another's work, until the end of the test. */
    private void occupyLogThread() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        var _ =
                CompletableFuture.runAsync(
                        () ->
                                log.tell(
                                        () -> {
                                            busy.countDown();
                                            release.await();
                                            return true;
                                        }));
        busy.await();
    }

    @Test
    void unchangedList_isToldWhileTheLogThreadIsBusy() throws Exception {
        assertEquals(5, log.listed(LONG).entries());
        occupyLogThread();
        LogService.Listed again = log.listed(LONG);
        assertEquals(5, again.entries());
        assertEquals(5, again.view().entries());
        assertTrue(again.readable());
    }

    @Test
    void grownList_isNeverToldWithoutReadingIt() throws Exception {
        assertEquals(5, log.listed(LONG).entries());
        occupyLogThread();
        list.appendSynthetic(1);
        assertThrows(
                EvidenceException.class,
                () -> log.listed(Deadline.after(Duration.ofMillis(20))),
                "the sixth entry was listed, and nobody has read it");
        release.countDown();
        assertEquals(6, log.listed(LONG).entries());
    }

    @Test
    void vanishedList_isNotToldFromMemory() throws Exception {
        assertEquals(5, log.listed(LONG).entries());
        occupyLogThread();
        list.remove();
        assertThrows(
                EvidenceException.class, () -> log.listed(Deadline.after(Duration.ofMillis(20))));
    }

    @Test
    void drainOfARequest_sparesTheNextTheLogThread() throws Exception {
        assertEquals(5, log.listed(LONG).entries());
        list.appendSynthetic(2);
        long drained = log.drained(0, (view, statistics) -> view.entries(), LONG);
        assertEquals(7, drained);
        occupyLogThread();
        assertEquals(7, log.listed(LONG).entries());
    }

    @Test
    void rebuiltSpool_isReadAgain() throws Exception {
        LogService.Listed before = log.listed(LONG);
        log.rebuild("for the test", LONG);
        LogService.Listed after = log.listed(LONG);
        assertEquals(5, after.entries());
        assertTrue(after.view().incarnation() > before.view().incarnation());
    }
}
