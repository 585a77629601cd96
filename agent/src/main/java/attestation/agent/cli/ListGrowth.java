// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How fast a list has grown, as far as that can be known: its entries have no times, but this
 * host's began with its boot.
 *
 * @param entries in the list
 * @param age since the boot; zero where it is not known
 */
record ListGrowth(long entries, Duration age) {
    private static final Path UPTIME = Path.of("/proc/uptime");

    /** Of a file of some host. */
    static ListGrowth unknown() {
        return new ListGrowth(0, Duration.ZERO);
    }

    /** Of this host's list. */
    static ListGrowth sinceBoot(long entries) {
        try {
            String seconds = Files.readString(UPTIME).split("[. ]", 2)[0];
            return new ListGrowth(entries, Duration.ofSeconds(Long.parseLong(seconds)));
        } catch (IOException | NumberFormatException e) {
            return unknown();
        }
    }

    /** Entries an hour on average; empty where that is not known. */
    OptionalLong perHour() {
        return age.isZero()
                ? OptionalLong.empty()
                : OptionalLong.of(entries * Duration.ofHours(1).toSeconds() / age.toSeconds());
    }

    /** For people, in one line. */
    String text() {
        if (perHour().isEmpty()) {
            return "growth: not known, the entries of a list have no times (of this host: --live)";
        }
        return "growth: %d entries an hour on average since boot, %d d %d h %d min ago"
                        .formatted(
                                perHour().getAsLong(),
                                age.toDaysPart(),
                                age.toHoursPart(),
                                age.toMinutesPart())
                + " (when it last grew: agent status)";
    }
}
