// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.queue;

import attestation.tpm.AkBlob;
import attestation.tpm.ClockInfo;
import attestation.tpm.EkRequest;
import attestation.tpm.Lane;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmException.TimedOut;
import attestation.tpm.TpmException.TpmBusy;
import attestation.tpm.TpmException.TpmUnavailable;
import attestation.tpm.TpmException.TransportBroken;
import attestation.tpm.TpmSettings;
import attestation.tpm.TpmSnapshot;
import attestation.tpm.transport.TransportOpener;
import attestation.tpm.tss.AuthGuard;
import attestation.tpm.tss.Properties;
import attestation.tpm.tss.TpmConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The thread that owns the TPM: connects, runs one request after the other, connects again.
 *
 * <p>Nobody interrupts it: an interrupt would close the device in the middle of a command. A broken
 * connection is reopened with growing pauses, the AK loaded again, and the request that met it is
 * tried once more where that cannot do harm.
 */
public final class TpmWorker implements AutoCloseable {
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LAST_PAUSE_MILLIS = 1000;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

    /** What is done on the TPM thread. */
    @FunctionalInterface
    public interface Work<T> {
        T run(TpmConnection connection) throws TpmException;
    }

    private record Identity(EkRequest ek, AkBlob ak) {}

    private final TpmSettings settings;
    private final TransportOpener opener;
    private final SecureRandom random = new SecureRandom();
    private final AuthGuard guard = new AuthGuard(System::nanoTime);
    private final JobQueue queue;
    private final WorkerState state;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable TpmConnection connection;
    private volatile @Nullable Identity identity;
    private @Nullable Job<?> again;

    public TpmWorker(TpmSettings settings, TransportOpener opener, Clock clock) {
        this.settings = settings;
        this.opener = opener;
        this.queue = new JobQueue(settings.queueLimit());
        this.state = new WorkerState(clock);
        this.thread = Thread.ofPlatform().name("tpm").daemon().unstarted(this::loop);
    }

    /** Begins to connect; returns at once. */
    public void start() {
        thread.start();
    }

    /**
     * Runs {@code work} on the TPM thread and waits for it.
     *
     * @param repeatable whether it may run a second time after a connection broke in the middle
     */
    public <T> T call(String what, Lane lane, boolean repeatable, Duration timeout, Work<T> work)
            throws TpmException, InterruptedException {
        Job<T> job = new Job<>(what, lane, repeatable, timeout.toNanos(), work::run);
        queue.add(job);
        boolean finished = false;
        try {
            finished = job.await();
        } finally {
            if (!finished) {
                queue.remove(job);
            }
        }
        if (!finished) {
            throw tooLate(job, timeout);
        }
        return job.result();
    }

    private TpmException tooLate(Job<?> job, Duration timeout) {
        String what = job.what + ": not done within " + timeout.toMillis() + " ms";
        if (!state.isConnected()) {
            String reason =
                    state.lastFailure().map(TpmSnapshot.Failure::reason).orElse("no answer");
            return new TpmUnavailable(what + ", the TPM is away: " + reason, null);
        }
        return job.started()
                ? new TimedOut(what + ", the TPM is still at work - its answer will be discarded")
                : new TpmBusy(what + ", other requests were before it");
    }

    /** Makes a key the one to be loaded again with every new connection. */
    public void keepLoaded(EkRequest ek, AkBlob ak) {
        identity = new Identity(ek, ak);
        state.akLoaded(true);
    }

    /** On the TPM thread: loads the kept key again, after it has gone from the TPM. */
    public void reload(TpmConnection on) throws TpmException {
        state.akLoaded(false);
        Identity kept = identity;
        if (kept == null) {
            throw new TpmUnavailable(
                    "no attestation key is loaded - load or create one first", null);
        }
        try {
            on.loadAk(kept.ek(), kept.ak());
        } catch (CommandFailed | TpmException.KeyMismatch | TpmException.Unsupported e) {
            state.failed(e);
            throw e;
        }
        state.akLoaded(true);
    }

    /** On the TPM thread: the EK above the kept AK, which is loaded again if it has gone. */
    public EkRequest withAk(TpmConnection on) throws TpmException {
        if (!on.akLoaded()) {
            reload(on);
        }
        Identity kept = identity;
        if (kept == null) {
            throw new TpmUnavailable(
                    "no attestation key is loaded - load or create one first", null);
        }
        return kept.ek();
    }

    /** Takes note of an answer that was not taken, and asked for again. */
    public void doubted(BadResponse why) {
        state.failed(why);
    }

    /** Takes note of the TPM's clock. */
    public void clock(ClockInfo clock) {
        state.clock(clock);
    }

    public TpmSnapshot snapshot() {
        return state.snapshot(settings.address().toString(), queue.length(), settings.queueLimit());
    }

    /** Longest qualifying data; empty before the first connection. */
    public OptionalInt maxQualifyingData() {
        Properties known = state.properties();
        return known == null ? OptionalInt.empty() : OptionalInt.of(known.maxQualifyingData());
    }

    /** Fails what waits, lets the running command end, flushes, closes; bounded. */
    @Override
    public void close() {
        closing.countDown();
        queue.close();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(CLOSE_PATIENCE)) {
                TpmConnection stuck = connection;
                if (stuck != null) {
                    stuck.abandon();
                }
                thread.join(CLOSE_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void loop() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!isClosing()) {
            TpmConnection open = connection;
            if (open != null) {
                serve(open);
            } else if (connect()) {
                pause = FIRST_PAUSE_MILLIS;
            } else {
                pause(pause);
                pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
            }
        }
        TpmConnection last = connection;
        if (last != null) {
            last.close();
        }
        failAgain(new TpmUnavailable("TPM: closed, the agent stops", null));
        state.closed();
    }

    private void pause(long millis) {
        dropOver();
        try {
            closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // nobody interrupts this thread; a stray one means nothing
        }
    }

    private void dropOver() {
        Job<?> waiting = again;
        if (waiting != null && waiting.over()) {
            again = null;
        }
    }

    private void failAgain(TpmException cause) {
        Job<?> waiting = again;
        again = null;
        if (waiting != null) {
            waiting.fail(cause);
        }
    }

    private boolean connect() {
        try {
            TpmConnection fresh =
                    TpmConnection.open(
                            opener.open(settings.commandTimeout()), settings, state, random, guard);
            prepare(fresh);
            connection = fresh;
            state.connected(fresh.properties());
            return true;
        } catch (TpmException | IOException | RuntimeException | Error e) {
            state.disconnected(e);
            return false;
        }
    }

    /** An AK that cannot be loaded now is tried again by the next quote. */
    private void prepare(TpmConnection fresh) throws TpmException {
        boolean prepared = false;
        try {
            ClockInfo now = fresh.readClock();
            state.clock(now);
            fresh.flushLeftSessions(now);
            if (identity != null) {
                reload(fresh);
            }
            prepared = true;
        } catch (CommandFailed | TpmException.Unsupported | TpmException.KeyMismatch e) {
            TpmException explained = fresh.explained(e);
            state.failed(explained);
            state.refused(explained);
            prepared = true;
        } finally {
            if (!prepared) {
                fresh.abandon();
            }
        }
    }

    private void serve(TpmConnection open) {
        Job<?> job = again;
        again = null;
        if (job == null) {
            job = queue.take(IDLE_NANOS);
        }
        if (job == null) {
            open.release();
            job = queue.take(Long.MAX_VALUE);
        }
        if (job == null || job.over()) {
            return;
        }
        if (!job.repeated) {
            state.waited(System.nanoTime() - job.queuedNanos);
        }
        run(open, job);
    }

    private void run(TpmConnection open, Job<?> job) {
        try {
            job.run(open);
        } catch (TransportBroken | BadResponse e) {
            broken(open, job, e);
        } catch (TpmException e) {
            TpmException explained = open.explained(e);
            state.refused(explained);
            job.fail(explained);
        } catch (RuntimeException | Error e) {
            // whatever it was: without this thread nobody would ever quote again
            BadResponse bad = new BadResponse(job.what + ": " + e, e);
            broken(open, job, bad);
        }
        if (job.over()) {
            state.discarded();
        }
    }

    private void broken(TpmConnection open, Job<?> job, TpmException cause) {
        open.abandon();
        connection = null;
        state.disconnected(cause);
        if (job.repeatable && !job.repeated && !job.over()) {
            job.repeated = true;
            again = job;
        } else {
            job.fail(cause);
        }
    }
}
