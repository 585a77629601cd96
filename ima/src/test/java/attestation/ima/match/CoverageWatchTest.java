// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import static org.junit.jupiter.api.Assertions.assertEquals;

import attestation.ima.follow.TestClock;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.OptionalLong;

class CoverageWatchTest {
    private final TestClock clock = new TestClock();
    private final CoverageWatch watch = new CoverageWatch(clock);

    @Test
    void firstUncovered_listAheadOfOneQuote_isNormal() {
        watch.quoted(101, 100);
        clock.advance(Duration.ofMinutes(1));

        assertEquals(OptionalLong.empty(), watch.firstUncovered());
    }

    @Test
    void firstUncovered_stillUncoveredTwoQuotesAndTwoSecondsLater_isNamed() {
        watch.quoted(101, 100);
        clock.advance(Duration.ofSeconds(1));
        watch.quoted(105, 100);
        assertEquals(OptionalLong.empty(), watch.firstUncovered());
        clock.advance(Duration.ofSeconds(1));

        assertEquals(OptionalLong.of(100), watch.firstUncovered());
    }

    @Test
    void firstUncovered_busyListThatKeepsUp_staysEmpty() {
        for (int i = 0; i < 1000; i++) {
            watch.quoted(100 + i, 99 + i);
            clock.advance(Duration.ofSeconds(3));
            assertEquals(OptionalLong.empty(), watch.firstUncovered());
        }
    }

    @Test
    void firstUncovered_coveredLater_isWellAgain() {
        watch.quoted(101, 100);
        watch.quoted(101, 100);
        clock.advance(Duration.ofSeconds(2));
        assertEquals(OptionalLong.of(100), watch.firstUncovered());
        watch.quoted(101, 101);

        assertEquals(OptionalLong.empty(), watch.firstUncovered());
    }

    @Test
    void firstUncovered_entryForgedIntoAGrowingList_isNamedThoughOthersFollow() {
        for (int i = 0; i < 200; i++) {
            watch.quoted(101L + i, 100);
            clock.advance(Duration.ofSeconds(1));
        }

        assertEquals(OptionalLong.of(100), watch.firstUncovered());
    }
}
