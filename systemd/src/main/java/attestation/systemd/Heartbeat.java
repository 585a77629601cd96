// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import org.jspecify.annotations.Nullable;

import java.util.function.LongSupplier;

/**
 * One loop's proof of progress. The loop calls {@link #beat} at each turn, and says when it gives
 * control away to something that is not ours, or has nothing to do:
 *
 * <pre>{@code
 * try (var _ = heartbeat.waitingOn("tpm")) {
 *     transport.transmit(command);
 * }
 * }</pre>
 *
 * <p>All methods but {@link #close} belong to the loop's own thread.
 */
public final class Heartbeat implements AutoCloseable {

    private final String loop;
    private final LongSupplier nanos;
    private final Watchdog watchdog;
    private final Waiting waiting = new Waiting();
    private volatile long lastBeat;
    private volatile @Nullable String waitingOn;

    Heartbeat(String loop, LongSupplier nanos, Watchdog watchdog) {
        this.loop = loop;
        this.nanos = nanos;
        this.watchdog = watchdog;
        this.lastBeat = nanos.getAsLong();
    }

    /** Progress was made. */
    public void beat() {
        lastBeat = nanos.getAsLong();
    }

    /**
     * Until the result is closed, silence is no stall: the loop waits for the TPM, the kernel, the
     * network, or for work. Not nested; closing beats.
     */
    public Waiting waitingOn(String external) {
        waitingOn = external;
        return waiting;
    }

    /** The loop has ended in order and is no longer watched. One that dies instead is a stall. */
    @Override
    public void close() {
        watchdog.unregister(this);
    }

    String loop() {
        return loop;
    }

    /** Time without progress; 0 while waiting on something external. */
    long silentNanos(long now) {
        return waitingOn == null ? Math.max(0, now - lastBeat) : 0;
    }

    /** A declared wait; ends when closed. */
    public final class Waiting implements AutoCloseable {
        private Waiting() {}

        @Override
        public void close() {
            beat();
            waitingOn = null;
        }
    }
}
