// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.keylime.wire.ApiVersion;
import attestation.agent.keylime.wire.Json;
import attestation.agent.keylime.wire.Shown;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Registers and activates this host once; may be repeated at any time with the same keys, which
 * changes nothing at a registrar that knows them. For one thread.
 */
final class Registrar {
    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
    private static final int MAX_VERSIONS = 100;
    private static final ApiVersion HASHED_ID = new ApiVersion(2, 6);

    /**
     * What the registrar speaks.
     *
     * @param candidates versions to try, best first
     * @param hashedId whether it knows the agent id in its hashed form
     */
    private record Spoken(List<ApiVersion> candidates, boolean hashedId) {}

    private final RegistrationSettings settings;
    private final TpmCredentials tpm;
    private final RegistrarHttp http;
    private final Clock clock;
    private Optional<Activation> activation = Optional.empty();

    /** The request that ended the last exchange well. */
    private record Activation(String path, byte[] body) {}

    Registrar(RegistrationSettings settings, TpmCredentials tpm, RegistrarHttp http, Clock clock) {
        this.settings = settings;
        this.tpm = tpm;
        this.http = http;
        this.clock = clock;
    }

    /**
     * Runs through the whole exchange.
     *
     * @return the version of the API that was spoken
     */
    ApiVersion register() throws RegistrarException, InterruptedException {
        activation = Optional.empty();
        TpmCredentials.Keys keys = keys();
        Spoken spoken = negotiate();
        byte[] body = RegistrationRequest.encode(settings, keys, certification(keys, spoken));
        ApiVersion version = null;
        RegistrarException last = null;
        for (ApiVersion candidate : spoken.candidates()) {
            try {
                exchange(candidate, body);
                version = candidate;
                break;
            } catch (RegistrarException e) {
                if (e.kind() != RegistrarException.Kind.REJECTED) {
                    throw e;
                }
                last = e;
            }
        }
        if (version == null) {
            throw last != null ? last : noVersion("none");
        }
        return version;
    }

    /**
     * Whether the registrar has this host as the last exchange left it: that activation again,
     * which costs no TPM command and changes nothing there. One that lost the host says 404; one
     * with a challenge of another time takes it for a wrong answer, and forgets the host by that.
     *
     * @return false also before the first exchange that went well
     * @throws RegistrarException when it cannot be asked now
     */
    boolean isActivated() throws RegistrarException {
        if (activation.isEmpty()) {
            return false;
        }
        HttpReply reply = send("PUT", activation.get().path(), activation.get().body());
        if (!reply.isSuccess() && mayPass(reply)) {
            throw refused("activation", reply);
        }
        return reply.isSuccess();
    }

    private static boolean mayPass(HttpReply reply) {
        return RegistrarException.status(reply.status(), "", Optional.empty()).kind()
                == RegistrarException.Kind.UNREACHABLE;
    }

    private TpmCredentials.Keys keys() throws RegistrarException, InterruptedException {
        try {
            return tpm.keys();
        } catch (IOException e) {
            throw RegistrarException.tpm("TPM: keys cannot be read - " + e.getMessage(), e);
        }
    }

    private Spoken negotiate() throws RegistrarException {
        LOG.info("Requesting registrar API version registrar={}", settings.registrar().authority());
        HttpReply reply = send("GET", "/version", new byte[0]);
        if (!reply.isSuccess()) {
            if (mayPass(reply)) {
                throw refused("GET /version", reply);
            }
            return new Spoken(settings.versions().ascending().reversed(), false);
        }
        return choose(reply.results());
    }

    private Spoken choose(Map<String, ?> results) throws RegistrarException {
        Optional<ApiVersion> current = version(results.get("current_version"));
        List<ApiVersion> listed =
                results.get("supported_versions") instanceof List<?> list
                        ? list.stream()
                                .limit(MAX_VERSIONS)
                                .flatMap(v -> version(v).stream())
                                .toList()
                        : List.of();
        boolean hashedId = listed.contains(HASHED_ID) || current.equals(Optional.of(HASHED_ID));
        Optional<ApiVersion> best = current.filter(settings.versions()::contains);
        for (ApiVersion enabled : settings.versions().ascending().reversed()) {
            best = best.or(() -> Optional.of(enabled).filter(listed::contains));
        }
        return new Spoken(List.of(best.orElseThrow(() -> noVersion(listed.toString()))), hashedId);
    }

    private RegistrarException noVersion(String listed) {
        return RegistrarException.status(
                400,
                "registrar's API versions: %s (expected: one of %s)"
                        .formatted(Shown.text(listed), settings.versions()),
                Optional.empty());
    }

    private static Optional<ApiVersion> version(@Nullable Object text) {
        return text instanceof String t ? ApiVersion.parse(t) : Optional.empty();
    }

    private Optional<TpmCredentials.Certification> certification(
            TpmCredentials.Keys keys, Spoken spoken)
            throws RegistrarException, InterruptedException {
        if (keys.device().isEmpty()) {
            return Optional.empty();
        }
        byte[] id = settings.agentId().getBytes(StandardCharsets.UTF_8);
        try {
            var certification = tpm.certify(spoken.hashedId() ? sha256(id) : id);
            LOG.info("AK certified with IAK");
            return Optional.of(certification);
        } catch (IOException e) {
            throw RegistrarException.tpm("TPM: AK not certified by IAK - " + e.getMessage(), e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void exchange(ApiVersion version, byte[] body)
            throws RegistrarException, InterruptedException {
        String path =
                "/v%s/agents/%s"
                        .formatted(
                                version,
                                URLEncoder.encode(settings.agentId(), StandardCharsets.UTF_8));
        HttpReply registered = send("POST", path, body);
        if (!registered.isSuccess()) {
            throw refused("registration", registered);
        }
        LOG.info("SUCCESS: Agent {} registered", settings.agentId());
        byte[] secret = activate(CredentialBlob.parse(blob(registered)));
        byte[] tag = Json.write(Map.of("auth_tag", AuthTag.of(secret, settings.agentId())));
        HttpReply activated = send("PUT", path, tag);
        if (!activated.isSuccess()) {
            throw notActivated(activated);
        }
        activation = Optional.of(new Activation(path, tag));
        LOG.info("SUCCESS: Agent {} activated", settings.agentId());
    }

    private static byte[] blob(HttpReply reply) throws RegistrarException {
        if (reply.results().get("blob") instanceof String text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw RegistrarException.garbled("credential blob: not base64 (expected: base64)");
            }
        }
        throw RegistrarException.garbled("registrar's answer: no blob (expected: a credential)");
    }

    private byte[] activate(CredentialBlob blob) throws RegistrarException, InterruptedException {
        try {
            return tpm.activate(blob.idObject(), blob.encryptedSecret());
        } catch (IOException e) {
            throw RegistrarException.tpm("TPM: credential not activated - " + e.getMessage(), e);
        }
    }

    private HttpReply send(String method, String path, byte[] body) throws RegistrarException {
        String authority = settings.registrar().authority();
        LOG.debug("connecting to {}", authority);
        try {
            return http.send(method, path, body);
        } catch (IOException e) {
            throw RegistrarException.unreachable(
                    "Network error (connection failed): registrar %s - %s"
                            .formatted(authority, Shown.text(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private RegistrarException refused(String what, HttpReply reply) {
        return RegistrarException.status(
                reply.status(),
                "registrar answered %d to %s%s".formatted(reply.status(), what, said(reply)),
                reply.retryAfter(clock));
    }

    /** Forgotten meanwhile, or deleted for a wrong tag: to be begun anew, not to be given up. */
    private RegistrarException notActivated(HttpReply reply) {
        if (reply.status() == 400 || reply.status() == 404) {
            return RegistrarException.garbled(
                    "registrar answered %d to activation%s".formatted(reply.status(), said(reply)));
        }
        return refused("activation", reply);
    }

    private static String said(HttpReply reply) {
        return reply.statusText().isEmpty() ? "" : ": " + reply.statusText();
    }
}
