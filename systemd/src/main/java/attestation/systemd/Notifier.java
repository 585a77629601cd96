// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import com.sun.jna.LastErrorException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells the service manager how the daemon fares, as {@code sd_notify(3)} does; does nothing where
 * NOTIFY_SOCKET is absent. No method throws: what could not be told goes to a listener.
 *
 * <p>Any thread; a message is handed over when the method returns, at most 5 s later.
 */
public final class Notifier implements AutoCloseable {

    private static final int MAX_STATUS = 500;

    private final @Nullable String address;
    private final LongSupplier monotonicNanos;
    private final Consumer<NotifyFailure> onFailure;
    private @Nullable NotifySocket socket;
    private boolean closed;

    /**
     * Over a given environment and clock.
     *
     * @param environment where NOTIFY_SOCKET may be
     * @param monotonicNanos CLOCK_MONOTONIC, which {@link System#nanoTime} is on Linux
     * @param onFailure told of every message that could not be sent, on the sender's thread
     */
    public Notifier(
            Map<String, String> environment,
            LongSupplier monotonicNanos,
            Consumer<NotifyFailure> onFailure) {
        String name = environment.get("NOTIFY_SOCKET");
        this.address = name == null || name.isEmpty() ? null : name;
        this.monotonicNanos = monotonicNanos;
        this.onFailure = onFailure;
    }

    /** Over this process's environment. */
    public static Notifier fromEnvironment(Consumer<NotifyFailure> onFailure) {
        return new Notifier(System.getenv(), System::nanoTime, onFailure);
    }

    /** Whether there is a manager that listens. */
    public boolean isActive() {
        return address != null;
    }

    /** READY: started, or reloaded; with a line for {@code systemctl status}. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + oneLine(status));
    }

    /**
     * STATUS: one line for {@code systemctl status}; cut to 500 characters, control characters
     * escaped.
     */
    public void status(String status) {
        send("STATUS=" + oneLine(status));
    }

    /** RELOADING, with the time that {@code Type=notify-reload} needs; {@link #ready} ends it. */
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + monotonicNanos.getAsLong() / 1000);
    }

    /** STOPPING: the stop has begun. */
    public void stopping(String status) {
        send("STOPPING=1\nSTATUS=" + oneLine(status));
    }

    /** EXTEND_TIMEOUT_USEC: start or stop goes on, another message comes within this time. */
    public void extendTimeout(Duration atMost) {
        send("EXTEND_TIMEOUT_USEC=" + atMost.toNanos() / 1000);
    }

    /** WATCHDOG: alive; called by {@link Watchdog} only. */
    void watchdog() {
        send("WATCHDOG=1");
    }

    /** Sends no more. */
    @Override
    public synchronized void close() {
        closed = true;
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }

    private synchronized void send(String message) {
        if (address == null || closed) {
            return;
        }
        if (!NotifySocket.isAddress(address)) {
            failed(message, address, NotifyFailure.Kind.BAD_ADDRESS, 0);
            return;
        }
        try {
            if (socket == null) {
                socket = NotifySocket.open(address);
            }
            socket.send(message);
        } catch (LastErrorException e) {
            failed(message, address, NotifyFailure.Kind.NOT_SENT, e.getErrorCode());
        } catch (LinkageError e) {
            failed(message, address, NotifyFailure.Kind.NO_NATIVE_CALLS, 0);
        }
    }

    private void failed(String message, String name, NotifyFailure.Kind kind, int errno) {
        String state = message.lines().findFirst().orElse("");
        onFailure.accept(new NotifyFailure(state, name, kind, errno));
    }

    private static String oneLine(String status) {
        return LogText.limit(LogText.escape(status), MAX_STATUS);
    }
}
