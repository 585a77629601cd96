// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.evidence.EvidenceSource;
import attestation.agent.https.AllowList;
import attestation.agent.https.Authorizer;
import attestation.agent.https.Handler;
import attestation.agent.https.Right;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.PayloadKey;
import attestation.agent.identity.StateDirectory;
import attestation.agent.keylime.BootTime;
import attestation.agent.keylime.KeylimeApi;
import attestation.agent.keylime.KeylimeParts;
import attestation.agent.keylime.KeylimeSettings;
import attestation.agent.keylime.payload.PayloadException;
import attestation.agent.keylime.payload.PayloadService;
import attestation.agent.keylime.payload.PayloadSettings;
import attestation.agent.keylime.payload.SecureFolder;
import attestation.agent.keylime.registration.Polls;
import attestation.agent.keylime.registration.RegistrarAddress;
import attestation.agent.keylime.registration.RegistrarTls;
import attestation.agent.keylime.registration.RegistrationService;
import attestation.agent.keylime.registration.RegistrationSettings;
import attestation.agent.keylime.registration.TpmCredentials;
import attestation.agent.keylime.registration.VerifierSection;
import attestation.agent.keylime.wire.ApiVersion;
import attestation.agent.keylime.wire.ApiVersions;
import attestation.agent.keylime.wire.EncryptionAlgorithm;
import attestation.agent.status.Section;
import attestation.agent.status.SectionBuilder;
import attestation.config.AgentConfig;
import attestation.config.HttpsSection;
import attestation.config.PayloadSection;
import attestation.config.RegistrarSection;
import attestation.config.value.AllowRule;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

/** Keylime's side of this host: its API, its registration, its payloads. */
final class KeylimeSide {
    private static final Logger LOG = LoggerFactory.getLogger(KeylimeSide.class);
    private static final String SECURE = "secure";
    private static final int MAX_CA_BYTES = 1 << 20;

    private final AgentConfig config;
    private final StateDirectory state;
    private final Clock clock;
    private final Polls polls;
    private Optional<RegistrarAddress> registrar = Optional.empty();
    private volatile Optional<RegistrationService> registration = Optional.empty();
    private volatile Optional<PayloadService> payloads = Optional.empty();
    private final AtomicReference<Authorizer> authorizer;

    KeylimeSide(AgentConfig config, StateDirectory state, Clock clock) {
        this.config = config;
        this.state = state;
        this.clock = clock;
        this.polls = new Polls(clock);
        this.authorizer = new AtomicReference<>(authorizer(config.https()));
    }

    /**
     * Makes sure that payloads have a place that never reaches a disk, where they are taken, and
     * that the registrar's CA can be used.
     */
    void prepare() throws IOException, InterruptedException, IdentityException {
        if (config.registrar().enabled()) {
            registrar = Optional.of(address(config.registrar()));
        }
        if (takesPayloads()) {
            try {
                SecureFolder.prepare(secure(), config.payload().secureSize());
            } catch (PayloadException e) {
                throw new IdentityException("Secure mount error: " + e.getMessage(), e);
            }
        }
    }

    /** The API over this evidence. */
    Handler api(String agentId, EvidenceSource evidence, PayloadKey payloadKey) throws IOException {
        long bootTime = BootTime.ofThisBoot(state.file(StateDirectory.BOOT_TIME));
        KeylimeSettings settings =
                new KeylimeSettings(
                        agentId,
                        versions(),
                        config.tpm().hashAlg(),
                        EncryptionAlgorithm.parse(config.tpm().encryptionAlg()).orElseThrow(),
                        config.tpm().signingAlg(),
                        bootTime);
        PayloadService service = new PayloadService(payloadSettings(agentId));
        payloads = Optional.of(service);
        LOG.info("> Starting server with API versions: {}", settings.versions());
        return new KeylimeApi(
                settings,
                new KeylimeParts(
                        evidence,
                        (peer, right) -> authorizer.get().allows(peer, right),
                        polls,
                        payloadKey,
                        service));
    }

    /** Registers from now on, where a registrar is configured. */
    void register(
            String agentId,
            TpmCredentials credentials,
            Supplier<String> certificate,
            SecureRandom random) {
        RegistrarSection settled = config.registrar();
        if (registrar.isEmpty()) {
            return;
        }
        RegistrationSettings settings =
                new RegistrationSettings(
                        agentId,
                        config.agent().contactIp(),
                        config.agent().contactPort(),
                        certificate,
                        versions(),
                        registrar.get(),
                        RegistrationSettings.Pace.of(
                                settled.initialDelay(),
                                settled.maxDelay(),
                                settled.requestTimeout()));
        RegistrationService service =
                new RegistrationService(settings, credentials, polls, clock, random);
        registration = Optional.of(service);
        service.start();
    }

    /** Open connections are authorised anew, and the registrar is told the present certificate. */
    void reload(HttpsSection fresh) {
        authorizer.set(authorizer(fresh));
        registration.ifPresent(RegistrationService::renew);
    }

    void close() throws InterruptedException {
        if (registration.isPresent()) {
            registration.get().close();
        }
        if (payloads.isPresent()) {
            payloads.get().close();
        }
    }

    /** The newest pull of evidence. */
    Optional<Polls.Poll> lastPoll() {
        return polls.last();
    }

    /** Whether the registrar knows this host; empty while none is asked. */
    Optional<Boolean> registered() {
        return registration.map(RegistrationService::isRegistered);
    }

    /** Who was given evidence. */
    Section verifier() {
        return new VerifierSection(polls).section();
    }

    /** How registration goes. */
    Section section() {
        return registration
                .map(RegistrationService::section)
                .orElseGet(
                        () ->
                                new SectionBuilder("registration", "registration")
                                        .field(
                                                "registrar",
                                                "registrar",
                                                config.registrar().enabled()
                                                        ? "waits for the TPM"
                                                        : "none configured")
                                        .build());
    }

    private static RegistrarAddress address(RegistrarSection registrar) throws IdentityException {
        if (!registrar.tls()) {
            return new RegistrarAddress(registrar.ip(), registrar.port(), Optional.empty());
        }
        Path ca = registrar.tlsCaCert();
        SSLContext tls = RegistrarTls.trusting(read(ca), ca.toString());
        return new RegistrarAddress(registrar.ip(), registrar.tlsPort(), Optional.of(tls));
    }

    private static byte[] read(Path ca) throws IdentityException {
        try (InputStream in = Files.newInputStream(ca)) {
            byte[] pem = in.readNBytes(MAX_CA_BYTES + 1);
            if (pem.length > MAX_CA_BYTES) {
                throw new IdentityException(
                        ca + ": more than " + MAX_CA_BYTES + " bytes (expected: CA certificates)");
            }
            return pem;
        } catch (IOException e) {
            throw new IdentityException(
                    "registrar's CA: " + e + " (expected: a readable file of PEM certificates)", e);
        }
    }

    private ApiVersions versions() {
        return ApiVersions.of(
                config.agent().apiVersions().stream()
                        .map(text -> ApiVersion.parse(text).orElseThrow())
                        .toList());
    }

    private static Authorizer authorizer(HttpsSection https) {
        if (https.allow().isEmpty()) {
            return Authorizer.everyone();
        }
        Map<String, Set<Right>> rights = new HashMap<>();
        for (AllowRule rule : https.allow()) {
            String client = rule.client().toString().replaceFirst("^key:", "sha256:");
            Set<Right> of = rights.computeIfAbsent(client, c -> new HashSet<>());
            rule.rights().forEach(right -> of.add(Right.valueOf(right.name())));
        }
        return new AllowList(rights);
    }

    private boolean takesPayloads() {
        PayloadSection payload = config.payload();
        return payload.enabled() && (config.https().mutualTls() || payload.insecure());
    }

    private Path secure() {
        return config.agent().stateDir().resolve(SECURE);
    }

    private PayloadSettings payloadSettings(String agentId) {
        PayloadSection payload = config.payload();
        return new PayloadSettings(
                agentId,
                takesPayloads(),
                config.agent().stateDir(),
                secure(),
                SecureFolder.bytes(payload.secureSize()).orElseThrow(),
                payload.encKeyname(),
                payload.decPayloadFile(),
                payload.extractZip(),
                payload.script(),
                payload.scriptTimeout(),
                payload.revocation().actionTimeout(),
                payload.revocation().certificate(),
                payload.revocation().actions(),
                payload.revocation().actionsDir(),
                payload.revocation().payloadActions(),
                payload.scriptSocket());
    }
}
