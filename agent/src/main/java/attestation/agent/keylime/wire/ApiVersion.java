// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** One version of Keylime's agent API, for example 2.6. */
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    /** Every version that this agent can speak, oldest first. 3.0 is the push model's. */
    public static final List<ApiVersion> SUPPORTED =
            List.of(v(2, 1), v(2, 2), v(2, 3), v(2, 4), v(2, 5), v(2, 6));

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");
    private static final Comparator<ApiVersion> ORDER =
            Comparator.comparingInt(ApiVersion::major).thenComparingInt(ApiVersion::minor);

    /** Short for tables. */
    static ApiVersion v(int major, int minor) {
        return new ApiVersion(major, minor);
    }

    /** The version that {@code text} spells, without a leading {@code v}; empty for other texts. */
    public static Optional<ApiVersion> parse(String text) {
        var match = TEXT.matcher(text);
        return match.matches()
                ? Optional.of(v(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))))
                : Optional.empty();
    }

    /** Whether this version is {@code other} or newer. */
    public boolean atLeast(ApiVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(ApiVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
