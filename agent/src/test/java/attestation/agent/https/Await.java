// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what must come, at most half a minute; how long it takes decides nothing. */
public final class Await {
    private static final Duration MOST = Duration.ofSeconds(30);

    private Await() {}

    public static void until(BooleanSupplier condition, String what) throws InterruptedException {
        Object came = value(() -> condition.getAsBoolean() ? what : null, what);
        if (!what.equals(came)) {
            throw new AssertionError(what);
        }
    }

    public static <T> T value(Supplier<@Nullable T> source, String what)
            throws InterruptedException {
        long end = System.nanoTime() + MOST.toNanos();
        while (System.nanoTime() < end) {
            T value = source.get();
            if (value != null) {
                return value;
            }
            Thread.sleep(2);
        }
        throw new AssertionError("did not come: " + what);
    }
}
