// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Await;
import attestation.fixtures.ManualClock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A period of 10 s, thus checks each 5 s; what the manager hears is what counts. */
class WatchdogTest {

    private static final long PID = 4711;
    private static final Map<String, String> TEN_SECONDS =
            Map.of("WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "4711");

    @TempDir Path folder = Path.of("set by JUnit");

    private final ManualClock clock = new ManualClock();
    private final List<Stall> stalls = new ArrayList<>();
    private DatagramReceiver manager = new DatagramReceiver("@watchdog-test-" + System.nanoTime());
    private Notifier notifier = new Notifier(Map.of(), clock, failure -> {});
    private Watchdog watchdog = watchdog(TEN_SECONDS);

    private Watchdog watchdog(Map<String, String> environment) {
        return new Watchdog(environment, PID, notifier, clock, stalls::add);
    }

    @BeforeEach
    void managerListens() {
        manager.close();
        String socket = folder.resolve("notify").toString();
        manager = new DatagramReceiver(socket);
        notifier =
                new Notifier(
                        Map.of("NOTIFY_SOCKET", socket),
                        clock,
                        failure -> {
                            throw new AssertionError(failure.message());
                        });
        watchdog = watchdog(TEN_SECONDS);
    }

    @AfterEach
    void managerGoes() {
        manager.close();
        notifier.close();
    }

    private void checkedAfter(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
        long next = watchdog.check();
        assertTrue(next > 0 && next <= 5_000_000_000L, "next check in " + next);
    }

    /** A marker behind what was fed tells how much was fed, without waiting. */
    private int fed() {
        notifier.status("marker");
        int count = 0;
        while (manager.next().text().equals("WATCHDOG=1")) {
            count++;
        }
        return count;
    }

    @Test
    void check_allLoopsBeat_feedsEachTime() {
        Heartbeat one = watchdog.register("log");
        Heartbeat two = watchdog.register("tpm");
        for (int i = 0; i < 5; i++) {
            one.beat();
            two.beat();
            checkedAfter(5);
        }
        assertEquals(5, fed());
        assertEquals(List.of(), stalls);
    }

    @Test
    void check_oneLoopSilentForAPeriod_isNotFedAndNamedOnce() {
        Heartbeat lively = watchdog.register("log");
        watchdog.register("tpm");
        checkedAfter(5);
        checkedAfter(5);
        assertEquals(2, fed());
        for (int i = 0; i < 3; i++) {
            lively.beat();
            checkedAfter(1);
        }
        assertEquals(0, fed());
        assertEquals(List.of(new Stall("tpm", Duration.ofSeconds(11))), stalls);
    }

    @Test
    void check_waitingOnSomethingExternal_isNoStall_howeverLong() {
        Heartbeat loop = watchdog.register("tpm");
        try (var _ = loop.waitingOn("tpm")) {
            checkedAfter(3600);
            assertEquals(1, fed());
        }
        checkedAfter(9);
        assertEquals(1, fed());
        checkedAfter(2);
        assertEquals(0, fed());
        assertEquals("tpm", stalls.getFirst().loop());
    }

    @Test
    void check_stalledLoopRecovers_isFedAtTheNextCheck_whichComesSooner() {
        Heartbeat loop = watchdog.register("log");
        clock.advance(Duration.ofSeconds(11));
        assertEquals(1_250_000_000L, watchdog.check());
        loop.beat();
        assertEquals(5_000_000_000L, watchdog.check());
        assertEquals(1, fed());
        clock.advance(Duration.ofSeconds(11));
        assertEquals(1_250_000_000L, watchdog.check());
        assertEquals(2, stalls.size());
    }

    @Test
    void close_ofAHeartbeat_endsItsWatch() {
        watchdog.register("log").close();
        checkedAfter(3600);
        assertEquals(1, fed());
    }

    @Test
    void interval_isHalfThePeriod_andAbsentWhereWeAreNotWatched() {
        assertEquals(Optional.of(Duration.ofSeconds(5)), watchdog.interval());
        assertEquals(
                Optional.of(Duration.ofSeconds(1)),
                watchdog(Map.of("WATCHDOG_USEC", "2000000")).interval());
        List<Map<String, String>> notOurs =
                List.of(
                        Map.of(),
                        Map.of("WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "4712"),
                        Map.of("WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "x"),
                        Map.of("WATCHDOG_USEC", "0"),
                        Map.of("WATCHDOG_USEC", "-5"),
                        Map.of("WATCHDOG_USEC", "9223372036854775807"),
                        Map.of("WATCHDOG_USEC", "ten"));
        for (Map<String, String> environment : notOurs) {
            assertEquals(Optional.empty(), watchdog(environment).interval(), environment::toString);
        }
    }

    @Test
    void interval_withoutNotifySocket_isAbsent() {
        Notifier silent = new Notifier(Map.of(), clock, failure -> {});
        Watchdog unwatched = new Watchdog(TEN_SECONDS, PID, silent, clock, stalls::add);
        assertEquals(Optional.empty(), unwatched.interval());
        unwatched.start();
        unwatched.close();
    }

    @Test
    void start_realTime_feedsByItself_andStopsFeedingAStalledLoop() {
        Watchdog real =
                new Watchdog(
                        Map.of("WATCHDOG_USEC", "40000"),
                        PID,
                        notifier,
                        System::nanoTime,
                        stall -> {
                            synchronized (stalls) {
                                stalls.add(stall);
                            }
                        });
        Heartbeat loop = real.register("log");
        try (real) {
            Heartbeat.Waiting waiting = loop.waitingOn("work");
            real.start();
            for (int i = 0; i < 3; i++) {
                assertEquals("WATCHDOG=1", manager.next().text());
            }
            waiting.close();
            Await.until(
                    "the stall is told",
                    () -> {
                        synchronized (stalls) {
                            return stalls.stream().anyMatch(stall -> stall.loop().equals("log"));
                        }
                    });
        }
    }
}
