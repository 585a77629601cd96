// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class PaceTest {
    private final Pace pace = new Pace(Duration.ofSeconds(1));

    @Test
    void quiet_restsGetLongerUpToFourTimes() {
        assertEquals(Duration.ofSeconds(2), pace.after(false));
        assertEquals(Duration.ofSeconds(4), pace.after(false));
        assertEquals(Duration.ofSeconds(4), pace.after(false));
    }

    @Test
    void news_isLookedAtOftenAgain() {
        pace.after(false);
        pace.after(false);

        assertEquals(Duration.ofSeconds(1), pace.after(true));
        assertEquals(Duration.ofSeconds(1), pace.after(true));
        assertEquals(Duration.ofSeconds(2), pace.after(false));
    }
}
