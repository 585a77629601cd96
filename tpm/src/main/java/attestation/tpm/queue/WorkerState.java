// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.queue;

import attestation.tpm.ClockInfo;
import attestation.tpm.TpmException;
import attestation.tpm.TpmRc;
import attestation.tpm.TpmSnapshot;
import attestation.tpm.tss.CommandLog;
import attestation.tpm.tss.Properties;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is told about the TPM and its queue. Thread-safe; nothing here waits for the TPM. */
final class WorkerState implements CommandLog {
    private static final int MAX_RESETS = 32;
    private static final int WINDOW_SECONDS = 60;

    /** Response codes are the TPM's to choose: so many of a command are told apart. */
    private static final int MOST_CODES = 32;

    private final Clock clock;
    private final Map<String, Long> commands = new TreeMap<>();
    private final Map<String, Map<String, Long>> errors = new TreeMap<>();
    private final List<TpmSnapshot.Reset> resets = new ArrayList<>();
    private final WaitWindow waits = new WaitWindow(WINDOW_SECONDS);
    private boolean connected;
    private boolean akLoaded;
    private long connects;
    private long discarded;
    private Optional<TpmSnapshot.Failure> lastFailure = Optional.empty();
    private Optional<TpmSnapshot.Refusal> refusing = Optional.empty();
    private String refused = "";
    private Optional<ClockInfo> lastClock = Optional.empty();
    private @Nullable Properties properties;

    WorkerState(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void command(String command, int rc, long nanos) {
        commands.merge(command, 1L, Long::sum);
        if (rc != 0) {
            Map<String, Long> codes = errors.computeIfAbsent(command, _ -> new LinkedHashMap<>());
            String code = TpmRc.of(rc).name();
            boolean room = codes.size() < MOST_CODES || codes.containsKey(code);
            codes.merge(room ? code : "other", 1L, Long::sum);
        } else if (refusing.isPresent() && isOver(refusing.get(), command)) {
            refusing = Optional.empty();
        }
    }

    /** What was refused works again; a TPM in failure mode still answers TPM2_GetCapability. */
    private boolean isOver(TpmSnapshot.Refusal refusal, String command) {
        boolean same = command.equals(refused) || command.equals("TPM2_Quote");
        return same || (refusal.failureMode() && !command.equals("TPM2_GetCapability"));
    }

    /** Takes note of a failure that says that the TPM is in failure mode or in lockout. */
    synchronized void refused(TpmException failure) {
        if (!(failure instanceof TpmException.CommandFailed e)) {
            return;
        }
        boolean failureMode = e.rc().base() == TpmRc.FAILURE;
        if (failureMode || e.lockout()) {
            Instant since = refusing.map(TpmSnapshot.Refusal::since).orElse(clock.instant());
            refusing = Optional.of(new TpmSnapshot.Refusal(since, failureMode, e.getMessage()));
            refused = e.command().split(" ", 2)[0];
        }
    }

    synchronized void connected(Properties of) {
        connected = true;
        connects++;
        properties = of;
    }

    synchronized void disconnected(Throwable cause) {
        connected = false;
        akLoaded = false;
        failed(cause);
    }

    synchronized void closed() {
        connected = false;
        akLoaded = false;
    }

    synchronized void failed(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        lastFailure = Optional.of(new TpmSnapshot.Failure(clock.instant(), text));
    }

    synchronized void akLoaded(boolean loaded) {
        akLoaded = loaded;
    }

    synchronized void waited(long nanos) {
        waits.add(clock.instant().getEpochSecond(), nanos);
    }

    synchronized void discarded() {
        discarded++;
    }

    /** Compares with the last clock that was seen: a count that grew is a reset or restart. */
    synchronized void clock(ClockInfo now) {
        ClockInfo before = lastClock.orElse(now);
        boolean reset = before.resetCount() != now.resetCount();
        if (reset || before.restartCount() != now.restartCount()) {
            if (resets.size() == MAX_RESETS) {
                resets.removeFirst();
            }
            Instant when = clock.instant();
            resets.add(new TpmSnapshot.Reset(when, reset, now.resetCount(), now.restartCount()));
        }
        lastClock = Optional.of(now);
    }

    synchronized boolean isConnected() {
        return connected;
    }

    synchronized Optional<TpmSnapshot.Failure> lastFailure() {
        return lastFailure;
    }

    synchronized @Nullable Properties properties() {
        return properties;
    }

    synchronized TpmSnapshot snapshot(String address, int queueLength, int queueLimit) {
        Map<String, Map<String, Long>> failed = new TreeMap<>();
        errors.forEach((command, byRc) -> failed.put(command, Map.copyOf(byRc)));
        Properties p = properties;
        return new TpmSnapshot(
                connected,
                address,
                lastFailure,
                refusing,
                Math.max(0, connects - 1),
                queueLength,
                queueLimit,
                waits.summary(clock.instant().getEpochSecond()),
                new TreeMap<>(commands),
                failed,
                akLoaded,
                discarded,
                lastClock,
                List.copyOf(resets),
                p == null ? "" : p.manufacturer(),
                p == null ? "" : p.model(),
                p == null ? "" : p.firmware());
    }
}
