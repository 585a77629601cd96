// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock moved by hand. */
public final class TestClock implements InstantSource {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    public void advance(Duration by) {
        now = now.plus(by);
    }
}
