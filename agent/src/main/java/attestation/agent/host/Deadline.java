// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The moment by which an answer must have left, on a monotonic clock; passed along the whole path
 * of a request so that every wait on it is bounded by the same end.
 *
 * <p>Immutable, safe for any thread.
 */
public final class Deadline {
    private final LongSupplier nanoClock;
    private final long startNanos;
    private final long endNanos;

    private Deadline(LongSupplier nanoClock, Duration timeout) {
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.endNanos = startNanos + timeout.toNanos();
    }

    /** Ends {@code timeout} after now on {@link System#nanoTime()}. */
    public static Deadline after(Duration timeout) {
        return new Deadline(System::nanoTime, timeout);
    }

    /** Ends {@code timeout} after now on the given monotonic nanosecond clock. */
    public static Deadline after(Duration timeout, LongSupplier nanoClock) {
        return new Deadline(nanoClock, timeout);
    }

    /** What is left; zero when the deadline has passed, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, endNanos - nanoClock.getAsLong()));
    }

    /** Whether nothing is left. */
    public boolean passed() {
        return endNanos - nanoClock.getAsLong() <= 0;
    }

    /** How long it is since the deadline was set. */
    public Duration elapsed() {
        return Duration.ofNanos(nanoClock.getAsLong() - startNanos);
    }
}
