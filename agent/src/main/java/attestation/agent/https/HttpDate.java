// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The Date field (RFC 9110 §5.6.7), made once a second. Any thread. */
final class HttpDate {
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", java.util.Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private record Made(long second, String text) {}

    private final Clock clock;
    private volatile Made last = new Made(Long.MIN_VALUE, "");

    HttpDate(Clock clock) {
        this.clock = clock;
    }

    String now() {
        Made made = last;
        long second = clock.instant().getEpochSecond();
        if (made.second() != second) {
            made = new Made(second, IMF_FIXDATE.format(Instant.ofEpochSecond(second)));
            last = made;
        }
        return made.text();
    }
}
