// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.evidence.EvidenceService;
import attestation.agent.evidence.KeyBinding;
import attestation.agent.host.Deadline;
import attestation.agent.https.TlsMaterialException;
import attestation.agent.identity.AgentId;
import attestation.agent.identity.CertificateSection;
import attestation.agent.identity.HostFacts;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.PayloadKey;
import attestation.agent.identity.ServerIdentity;
import attestation.agent.identity.StateDirectory;
import attestation.agent.keylime.KeylimeApi;
import attestation.agent.keylime.registration.TpmModuleCredentials;
import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.agent.status.SectionBuilder;
import attestation.agent.status.SectionSource;
import attestation.config.AgentConfig;
import attestation.config.HttpsSection;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;
import attestation.tpm.TpmRc;
import attestation.tpm.TpmSnapshot;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Who this host is: keys, identifier, certificate. Opens the network socket as soon as the
 * identifier is known, and the API behind it as soon as the TPM has the AK; until then requests
 * wait. Keeps trying by itself while the TPM is away, or holds other keys than this host's.
 */
final class HostService implements Service, SectionSource {
    private static final Logger LOG = LoggerFactory.getLogger(HostService.class);

    /** How long the start waits for the TPM before the manager is told that the agent is up. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(10);

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration LAST_RETRY = Duration.ofMinutes(1);
    private static final Duration PCR_TIMEOUT = Duration.ofSeconds(50);

    /** A verifier that asks at once is served before we look at ourselves. */
    private static final Duration CHECK_AFTER = Duration.ofSeconds(2);

    private static final Duration CHECK_TIMEOUT = Duration.ofMinutes(5);
    private static final String BY_ITSELF = "see the TPM section; it is tried again by itself";
    private static final String RESET =
            "bring the former TPM or state directory back; if another one is meant: stop the agent,"
                    + " agent identity reset, delete this host at the registrar and enrol it anew";

    private final AgentConfig config;
    private final StateDirectory state;
    private final Tpm tpm;
    private final EvidenceService evidence;
    private final Endpoint endpoint;
    private final Clock clock;
    private final SecureRandom random;
    private final Consumer<Throwable> fatal;
    private final HostKeys keys;
    private final PayloadKeys payloadKeys;
    private final KeylimeSide keylime;
    private final Gate gate;
    private final CountDownLatch ready = new CountDownLatch(1);
    private @Nullable Thread thread;
    private boolean listening;
    private Optional<PayloadKey> payloadKey = Optional.empty();
    private volatile boolean serving;
    private volatile Trouble trouble = new Trouble("its keys are being loaded", BY_ITSELF);
    private volatile Optional<String> agentId = Optional.empty();
    private volatile Optional<HostKeys.Established> established = Optional.empty();

    /** Why there are no keys, and what an operator does about it. */
    private record Trouble(String reason, String next) {}

    /**
     * @param fatal told of what this service cannot go on after, from its own thread
     */
    HostService(
            AgentConfig config,
            StateDirectory state,
            Tpm tpm,
            EvidenceService evidence,
            Endpoint endpoint,
            Clock clock,
            SecureRandom random,
            Consumer<Throwable> fatal) {
        this.config = config;
        this.state = state;
        this.tpm = tpm;
        this.evidence = evidence;
        this.endpoint = endpoint;
        this.clock = clock;
        this.random = random;
        this.fatal = fatal;
        this.keylime = new KeylimeSide(config, state, clock);
        this.keys = new HostKeys(tpm, config.tpm(), state.file(config.tpm().agentDataPath()));
        this.payloadKeys = PayloadKeys.of(config, state, tpm, random);
        this.gate = new Gate(KeylimeApi.errors(), this::reason);
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public void start() throws Exception {
        keylime.prepare();
        payloadKey = payloadKeys.withoutTpm();
        Optional<String> known = idWithoutTpm();
        if (known.isPresent()) {
            listen(known.get());
        }
        thread = Thread.ofPlatform().daemon().name("host").start(this::run);
        if (!ready.await(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("started without its keys, requests wait reason=\"{}\"", reason());
        }
    }

    /** Takes certificates, CAs and the allow-list anew. */
    void reload(HttpsSection fresh) throws TlsMaterialException, IOException, IdentityException {
        endpoint.reload(fresh);
        keylime.reload(fresh);
    }

    /** Lets {@link #start} wait no longer; from any thread. */
    void hurry() {
        ready.countDown();
    }

    @Override
    public void stop() throws InterruptedException {
        gate.close();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            running.join(Duration.ofSeconds(5));
        }
        endpoint.close();
        keylime.close();
    }

    List<SectionSource> sections() {
        return List.of(keylime::verifier, keylime::section, this::certificate);
    }

    /** What verifiers and registrar have to do with this host. */
    KeylimeSide keylime() {
        return keylime;
    }

    /** One line for the service manager. */
    String summary() {
        return serving ? "serving as " + agentId.orElse("") : "waiting: " + reason();
    }

    @Override
    public Section section() {
        SectionBuilder section = new SectionBuilder("agent", "agent");
        section.field("agent_id", "agent id", agentId.orElse(""))
                .field(
                        "ak_name",
                        "AK name",
                        established.map(e -> HexFormat.of().formatHex(e.ak().name())).orElse(""))
                .field("ek_template", "EK", established.map(e -> e.ek().template()).orElse(""))
                .field(
                        "ek_certificate",
                        "EK certificate",
                        established.map(HostService::certificateNote).orElse(""));
        if (!serving) {
            section.report(
                    Health.FAILING,
                    "this host has no AK to quote with: " + reason(),
                    tpm.snapshot().connected() ? trouble.next() : BY_ITSELF);
        }
        return section.build();
    }

    /** Why requests have to wait. */
    private String reason() {
        TpmSnapshot now = tpm.snapshot();
        return now.connected()
                ? trouble.reason()
                : "TPM "
                        + now.address()
                        + ": "
                        + now.lastFailure()
                                .map(TpmSnapshot.Failure::reason)
                                .orElse("not reached yet");
    }

    private static String certificateNote(HostKeys.Established keys) {
        return keys.ek().certificate().isPresent() ? "present" : keys.ek().certificateNote();
    }

    private Section certificate() {
        return endpoint.identity()
                .map(now -> new CertificateSection(() -> now, clock).section())
                .orElseGet(() -> new SectionBuilder("certificate", "certificate").build());
    }

    /** The identifier, when it does not hang on a TPM that may be away. */
    private Optional<String> idWithoutTpm() throws IOException, IdentityException {
        return switch (config.agent().uuid()) {
            case attestation.config.value.AgentId.Fixed fixed -> Optional.of(fixed.id());
            case attestation.config.value.AgentId.Source source ->
                    AgentId.needsEk(source.toString())
                            ? keys.storedEkHash()
                            : Optional.of(resolve(source.toString(), Optional.empty()));
        };
    }

    private String resolve(String form, Optional<byte[]> ekPublicDer)
            throws IOException, IdentityException {
        return new AgentId(state.file(StateDirectory.AGENT_ID), HostFacts.ofThisHost(), random)
                .resolve(form, ekPublicDer);
    }

    private void listen(String id) throws Exception {
        agentId = Optional.of(id);
        endpoint.open(id, gate);
        listening = true;
    }

    /** Establishes, then holds a first quote against the list; a failure here ends the agent. */
    private void run() {
        try {
            Duration pause = RETRY;
            while (!establish()) {
                Thread.sleep(pause);
                Duration doubled = pause.multipliedBy(2);
                pause = doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
            }
            Thread.sleep(CHECK_AFTER);
            byte[] nonce = new byte[20];
            random.nextBytes(nonce);
            evidence.checkOnce(nonce, Deadline.after(CHECK_TIMEOUT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            fatal.accept(e);
            ready.countDown();
        }
    }

    private boolean establish() throws Exception {
        Optional<HostKeys.Established> found = keys();
        if (found.isEmpty()) {
            return false;
        }
        String id = agentId.isPresent() ? agentId.get() : idOf(found.get());
        if (!listening) {
            listen(id);
        }
        established = found;
        return serve(id, found.get(), payloadKey.orElseThrow());
    }

    /**
     * Errors that may pass and errors that last are tried again alike: the one may look like the
     * other.
     */
    private Optional<HostKeys.Established> keys() throws InterruptedException {
        if (established.isPresent()) {
            return established;
        }
        try {
            HostKeys.Established made = keys.establish();
            if (payloadKey.isEmpty()) {
                payloadKey = Optional.of(payloadKeys.withTpm());
            }
            return Optional.of(made);
        } catch (IdentityException | TpmException.KeyMismatch e) {
            say(e, RESET);
        } catch (TpmException.CommandFailed e) {
            say(e, e.rc().base() == TpmRc.INTEGRITY ? RESET : BY_ITSELF);
        } catch (TpmException | IOException e) {
            say(e, BY_ITSELF);
        }
        return Optional.empty();
    }

    private String idOf(HostKeys.Established found) throws IOException, IdentityException {
        return resolve(
                config.agent().uuid().toString(), Optional.of(found.ek().subjectPublicKeyInfo()));
    }

    private boolean serve(String id, HostKeys.Established found, PayloadKey payloadKey)
            throws InterruptedException {
        try {
            KeyBinding binding = new KeyBinding(evidence.bank(), payloadKey.publicPem());
            binding.set(tpm, PCR_TIMEOUT);
            gate.open(keylime.api(id, evidence.source(binding), payloadKey));
        } catch (TpmException | IOException e) {
            say(e, BY_ITSELF);
            return false;
        }
        serving = true;
        ready.countDown();
        keylime.register(
                id,
                new TpmModuleCredentials(
                        tpm,
                        new TpmModuleCredentials.Sources(
                                () -> Optional.of(found.ak()),
                                () -> Optional.of(found.ek()),
                                found::device)),
                () -> endpoint.identity().map(ServerIdentity::certificatePem).orElse("disabled"),
                random);
        return true;
    }

    private void say(Exception cause, String next) {
        String reason = cause instanceof IOException ? cause.toString() : cause.getMessage() + "";
        if (!reason.equals(trouble.reason())) {
            LOG.error("keys cannot be had, trying again reason=\"{}\" next=\"{}\"", reason, next);
        }
        trouble = new Trouble(reason, next);
    }
}
