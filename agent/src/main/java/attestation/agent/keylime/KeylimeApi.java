// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.host.LineQuota;
import attestation.agent.https.Answer;
import attestation.agent.https.Authorizer;
import attestation.agent.https.ErrorAnswers;
import attestation.agent.https.Exchange;
import attestation.agent.https.Handler;
import attestation.agent.https.Peer;
import attestation.agent.https.Right;
import attestation.agent.keylime.wire.ApiVersion;
import attestation.agent.keylime.wire.Shown;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Answers Keylime's agent API, versions 2.1 to 2.6: routing, refusals in its words, a log line for
 * each of them as far as a client's quota goes. Thread-safe; calls block on evidence.
 *
 * <p>Only 200, 400, 405 and 500 are answered: a Keylime verifier gives a host up on any other.
 */
public final class KeylimeApi implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(KeylimeApi.class);

    /** Opaque to every client; the peer sends its library's internal number. */
    private static final long AK_HANDLE = 0x80FFFFFFL;

    /** More than a verifier with a wrong setting causes, far less than fills a journal. */
    private static final int LINES_A_MINUTE = 60;

    private static final ApiVersion FIRST = new ApiVersion(2, 1);
    private static final ApiVersion WITH_INFO = new ApiVersion(2, 2);

    private final KeylimeSettings settings;
    private final Authorizer authorizer;
    private final Map<String, Resource> resources;
    private final LineQuota refused = new LineQuota(LINES_A_MINUTE);
    private final LineQuota unavailable = new LineQuota(LINES_A_MINUTE);

    public KeylimeApi(KeylimeSettings settings, KeylimeParts parts) {
        this.settings = settings;
        this.authorizer = parts.authorizer();
        var quotes = new QuoteEndpoints(settings, parts);
        var keys = new KeyEndpoints(parts.payloadKey(), parts.payloads());
        this.resources =
                byPath(
                        get("/agent/info", WITH_INFO, null, this::info),
                        get("/quotes/identity", FIRST, Right.QUOTES, quotes::identity),
                        get("/quotes/integrity", FIRST, Right.QUOTES, quotes::integrity),
                        get("/keys/pubkey", FIRST, Right.QUOTES, keys::publicKey),
                        get("/keys/verify", FIRST, Right.KEYS, keys::verify),
                        post("/keys/ukey", keys::acceptU),
                        post("/keys/vkey", keys::acceptV),
                        post("/notifications/revocation", keys::revocation));
    }

    /** Makes the answers that the server gives by itself, in Keylime's envelope. */
    public static ErrorAnswers errors() {
        return (status, reason) ->
                new Answer.Whole(status, Answers.JSON, Answers.envelope(status, reason, Map.of()));
    }

    private static Resource get(
            String path, ApiVersion since, @Nullable Right right, Resource.Endpoint endpoint) {
        return new Resource(path, "GET", since, Optional.ofNullable(right), endpoint);
    }

    private static Resource post(String path, Resource.Endpoint endpoint) {
        return new Resource(path, "POST", FIRST, Optional.of(Right.KEYS), endpoint);
    }

    private static Map<String, Resource> byPath(Resource... resources) {
        return Stream.of(resources).collect(Collectors.toUnmodifiableMap(Resource::path, r -> r));
    }

    @Override
    public Answer handle(Exchange exchange) throws InterruptedException {
        try {
            return route(exchange);
        } catch (Refusal e) {
            log(exchange, e);
            return Answers.refused(e, exchange.method());
        }
    }

    private void log(Exchange exchange, Refusal refusal) {
        boolean ours = refusal.status() >= 500;
        (ours ? unavailable : refused)
                .take(exchange.peer().address())
                .ifPresent(told -> log(ours ? Level.WARN : Level.INFO, exchange, refusal, told));
    }

    private void log(Level level, Exchange exchange, Refusal refusal, String told) {
        LOG.atLevel(level)
                .log(
                        "request refused agent={} peer={} method={} path=\"{}\" status={} reason=\"{}\"{}",
                        settings.agentId(),
                        exchange.peer().address(),
                        Shown.text(exchange.method()),
                        Shown.text(exchange.path()).replace('"', '\''),
                        refusal.status(),
                        String.valueOf(refusal.getMessage()).replace('"', '\''),
                        told);
    }

    private Answer route(Exchange exchange) throws Refusal, InterruptedException {
        if (exchange.path().equals("/version")) {
            return version(exchange);
        }
        Optional<VersionedPath> path = VersionedPath.parse(exchange.path());
        if (path.isEmpty()) {
            throw withoutVersion(exchange.method());
        }
        ApiVersion version =
                path.get().version().filter(settings.versions()::contains).orElse(null);
        if (version == null) {
            throw Refusal.badRequest(
                    "API version not supported: " + Shown.text(path.get().segment()));
        }
        return resource(exchange, version, path.get().rest());
    }

    private Answer resource(Exchange exchange, ApiVersion version, String path)
            throws Refusal, InterruptedException {
        Resource resource = resources.get(path);
        if (resource == null || !version.atLeast(resource.since())) {
            throw fallback(version, path).refuse(exchange.method());
        }
        if (!resource.method().equals(exchange.method())) {
            throw Fallback.of(path).refuseMethod(resource);
        }
        if (resource.right().isPresent()) {
            authorize(exchange, resource.right().get());
        }
        return resource.endpoint().answer(exchange, version);
    }

    /** Before 2.2 there is no /agent family. */
    private static Fallback fallback(ApiVersion version, String path) {
        Fallback family = Fallback.of(path);
        boolean unknownYet = family == Fallback.AGENT && !version.atLeast(WITH_INFO);
        return unknownYet ? Fallback.OTHER : family;
    }

    private void authorize(Exchange exchange, Right right) throws Refusal {
        if (!authorizer.allows(exchange.peer(), right)) {
            throw Refusal.badRequest(
                    "client certificate %s has no right to %s (expected: one on this host's allow-list)"
                            .formatted(
                                    subject(exchange.peer()),
                                    right.name().toLowerCase(Locale.ROOT)));
        }
    }

    private static String subject(Peer peer) {
        return peer.certificate()
                .map(c -> Shown.text(c.getSubjectX500Principal().getName()))
                .orElse("(none)");
    }

    private Refusal withoutVersion(String method) {
        if (!method.equals("GET") && !method.equals("POST")) {
            return Refusal.methodNotAllowed("GET, POST", "Method is not supported");
        }
        String versions =
                settings.versions().names().stream()
                        .map(name -> "/" + name)
                        .collect(Collectors.joining(", "));
        return Refusal.badRequest(
                "Not Implemented: Use %s or /version interfaces".formatted(versions));
    }

    private Answer version(Exchange exchange) throws Refusal {
        if (!exchange.method().equals("GET")) {
            throw Refusal.methodNotAllowed("GET", "Method is not supported");
        }
        var results = new LinkedHashMap<String, Object>();
        results.put("supported_version", settings.versions().newest().toString());
        results.put("supported_versions", settings.versions().names());
        return Answers.success(results);
    }

    private Answer info(Exchange exchange, ApiVersion version) {
        var results = new LinkedHashMap<String, Object>();
        results.put("agent_uuid", settings.agentId());
        results.put("tpm_hash_alg", settings.hashAlg());
        results.put("tpm_enc_alg", settings.encryption().name(version));
        results.put("tpm_sign_alg", settings.signAlg());
        results.put("ak_handle", AK_HANDLE);
        return Answers.success(results);
    }
}
