// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

class LineQuotaTest {
    private static final String LAST = " next=\"counted only, for a minute\"";

    private final AtomicLong nanos = new AtomicLong();
    private final LineQuota quota = new LineQuota(3, nanos::get);

    private long written(String peer, int events) {
        return IntStream.range(0, events).filter(i -> quota.take(peer).isPresent()).count();
    }

    private void minutesPass(int minutes) {
        nanos.addAndGet(Duration.ofMinutes(minutes).toNanos());
    }

    @Test
    void take_upToTheQuota_theLastLineSaysThatItIs() {
        assertEquals(Optional.of(""), quota.take("192.0.2.7:1"));
        assertEquals(Optional.of(""), quota.take("192.0.2.7:2"));
        assertEquals(Optional.of(LAST), quota.take("192.0.2.7:3"));
        assertEquals(Optional.empty(), quota.take("192.0.2.7:4"));
    }

    @Test
    void take_otherHosts_haveTheirOwn() {
        assertEquals(3, written("192.0.2.7:1", 100));
        assertEquals(3, written("192.0.2.8:1", 100));
        assertEquals(3, written("[2001:db8::1]:1", 100));
        assertEquals(3, written("[2001:db8::2]:1", 100));
        assertEquals(3, written("pid=1 uid=0", 100));
    }

    @Test
    void take_nextMinute_tellsWhatWasLeftOut() {
        written("192.0.2.7:1", 1000);
        minutesPass(1);
        assertEquals(Optional.of(" more_like_it=997"), quota.take("192.0.2.7:9"));
        assertEquals(Optional.of(""), quota.take("192.0.2.7:9"));
    }

    @Test
    void take_thousandsOfHosts_shareOneQuotaBeyondSixteen() {
        long lines = 0;
        for (int host = 0; host < 5000; host++) {
            lines += written("10.0." + host / 256 + "." + host % 256 + ":7", 10);
        }
        assertEquals((16 + 1) * 3, lines);
    }

    @Test
    void take_floodOfHostsIsOver_newHostsHaveTheirOwnAgainAndNothingIsForgotten() {
        for (int host = 0; host < 16; host++) {
            written("10.0.0." + host + ":7", 10);
        }
        minutesPass(2);
        assertEquals(Optional.of(""), quota.take("192.0.2.7:1"));
        for (int host = 0; host < 14; host++) {
            written("10.0.1." + host + ":7", 1);
        }
        assertEquals(Optional.of(" more_like_it=" + 16 * 7), quota.take("10.0.2.1:7"));
    }

    @Test
    void quota_none_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new LineQuota(0));
    }
}
