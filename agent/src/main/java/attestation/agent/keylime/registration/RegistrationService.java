// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.keylime.wire.ApiVersion;
import attestation.agent.status.Section;
import attestation.agent.status.SectionSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * Registers this host and keeps it registered, on a thread of its own that never ends by itself:
 * failures are retried with back-off, a refusal once an hour.
 *
 * <p>The registrar of a registered host is asked every few minutes whether it still knows it, and
 * one that lost its database is told of the host again at once. A whole registration, which changes
 * nothing at a registrar that knows the host, is made once an hour.
 */
public final class RegistrationService implements SectionSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationService.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final RegistrationSettings settings;
    private final Registrar registrar;
    private final Clock clock;
    private final Backoff backoff;
    private final RegistrationSection section;
    private final Semaphore wake = new Semaphore(0);
    private final AtomicBoolean renewNow = new AtomicBoolean();
    private final Pause pause;
    private final Thread thread;
    private volatile RegistrationState state = RegistrationState.NEW;
    private Duration untilRenewal = Duration.ZERO; // of the thread

    public RegistrationService(
            RegistrationSettings settings,
            TpmCredentials tpm,
            Polls polls,
            Clock clock,
            RandomGenerator random) {
        this(settings, tpm, polls, clock, random, null);
    }

    RegistrationService(
            RegistrationSettings settings,
            TpmCredentials tpm,
            Polls polls,
            Clock clock,
            RandomGenerator random,
            @Nullable Pause pause) {
        this.settings = settings;
        var http =
                new RegistrarHttp(
                        settings.registrar(), CONNECT_TIMEOUT, settings.pace().exchange());
        this.registrar = new Registrar(settings, tpm, http, clock);
        this.clock = clock;
        this.backoff =
                new Backoff(settings.pace().firstRetry(), settings.pace().longestRetry(), random);
        this.section = new RegistrationSection(settings, polls);
        this.pause = pause != null ? pause : this::untilWoken;
        // Interrupting a virtual thread also breaks off its socket calls.
        this.thread = Thread.ofVirtual().name("registration").unstarted(this::run);
    }

    /** Begins; returns at once. */
    public void start() {
        thread.start();
    }

    /** Registers now, for example because the certificate was reloaded. */
    public void renew() {
        renewNow.set(true);
        wake.release();
    }

    /** Stops, in the middle of an exchange too. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever stops us is in a hurry
        }
    }

    @Override
    public Section section() {
        return section.of(state);
    }

    /** Whether the registrar knows this host. */
    public boolean isRegistered() {
        return state.isRegistered();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration wait = attempt();
                state = state.next(clock.instant().plus(wait));
                pause.pause(wait);
                untilRenewal = untilRenewal.minus(wait);
            }
        } catch (InterruptedException e) {
            LOG.debug("registration stopped");
        }
    }

    private void untilWoken(Duration time) throws InterruptedException {
        if (wake.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
            wake.drainPermits();
        }
    }

    private Duration attempt() throws InterruptedException {
        boolean due = renewNow.getAndSet(false) || !untilRenewal.isPositive();
        return due || isForgotten() ? register() : untilNextCheck();
    }

    private Duration untilNextCheck() {
        Duration check = backoff.jittered(settings.pace().check());
        return check.compareTo(untilRenewal) < 0 ? check : untilRenewal;
    }

    /** What cannot be found out now is asked again at the next check, or shows at the renewal. */
    private boolean isForgotten() throws InterruptedException {
        try {
            if (registrar.isActivated()) {
                return false;
            }
            LOG.warn(
                    "registrar does not know this host any more, it is registered again agent={}",
                    settings.agentId());
            return true;
        } catch (RegistrarException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.debug("registrar not asked agent={} reason=\"{}\"", settings.agentId(), e.reason());
            return false;
        }
    }

    /** One exchange and how long to wait after it; whatever goes wrong, there is a next one. */
    private Duration register() throws InterruptedException {
        untilRenewal = Duration.ZERO;
        try {
            ApiVersion version = registrar.register();
            state = state.succeeded(clock.instant(), version);
            backoff.reset();
            untilRenewal = backoff.jittered(settings.pace().renewal());
            return untilNextCheck();
        } catch (RegistrarException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return afterFailure(e);
        } catch (RuntimeException e) {
            LOG.error("registration failed unexpectedly agent={}", settings.agentId(), e);
            return afterFailure(RegistrarException.garbled("internal error: " + e));
        }
    }

    private Duration afterFailure(RegistrarException e) {
        state = state.failed(e);
        Duration wait =
                switch (e.kind()) {
                    case FORBIDDEN, REJECTED -> backoff.jittered(settings.pace().refusedRetry());
                    case UNREACHABLE, GARBLED, TPM -> e.retryAfter().orElseGet(backoff::next);
                };
        LOG.warn(
                "registration failed agent={} reason=\"{}\" failures={} retry_in_s={}",
                settings.agentId(),
                e.reason(),
                state.failures(),
                wait.toSeconds());
        return wait;
    }
}
