// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * How long something took, counted in ranges from 1 ms to 60 s: from a software TPM's quote to a
 * request that waited for its deadline. Lock-free, any thread.
 */
public final class Latencies {
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS.length + 1);
    private final LongAdder nanos = new LongAdder();

    /**
     * What was counted.
     *
     * @param bounds upper ends in seconds, inclusive; the last is infinite
     * @param counts for each bound what is above the bound before it
     * @param sum of all
     */
    public record Snapshot(List<Double> bounds, List<Long> counts, Duration sum) {}

    /** Counts one. */
    public void add(Duration took) {
        double seconds = took.toNanos() / 1e9;
        int at = Arrays.binarySearch(BOUNDS, seconds);
        counts.incrementAndGet(at < 0 ? -at - 1 : at);
        nanos.add(took.toNanos());
    }

    /** All up to now; one that is counted meanwhile may be in the sum already. */
    public Snapshot snapshot() {
        DoubleStream bounds =
                DoubleStream.concat(
                        Arrays.stream(BOUNDS), DoubleStream.of(Double.POSITIVE_INFINITY));
        return new Snapshot(
                bounds.boxed().toList(),
                LongStream.range(0, counts.length()).mapToObj(i -> counts.get((int) i)).toList(),
                Duration.ofNanos(nanos.sum()));
    }
}
