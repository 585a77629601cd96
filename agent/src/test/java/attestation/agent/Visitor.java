// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.verify.Policy;
import attestation.agent.verify.Report;
import attestation.agent.verify.Verifier;
import attestation.agent.verify.VerifierOptions;
import attestation.fixtures.TestPki;
import attestation.fixtures.TestTls;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A client of a running daemon: plain requests, and the independent verifier. */
final class Visitor {
    static final int IMA = 1 << 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestDaemon daemon;
    private final TestPki.Identity identity;
    private final HttpClient http;

    Visitor(TestDaemon daemon, TestPki.@Nullable Identity identity) {
        this.daemon = daemon;
        this.identity = identity == null ? TestPki.ec().client() : identity;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(TestTls.context(daemon.certificate(), identity))
                        .build();
    }

    /** An answer, its body read as JSON. */
    record Reply(int status, JsonNode json) {
        String text() {
            return json.get("status").asText();
        }

        JsonNode results() {
            return json.get("results");
        }
    }

    Reply get(String path) throws IOException, InterruptedException {
        return reply(http.send(request("GET", path), BodyHandlers.ofByteArray()));
    }

    Reply ask(String method, String path) throws IOException, InterruptedException {
        return reply(http.send(request(method, path), BodyHandlers.ofByteArray()));
    }

    CompletableFuture<Reply> later(String path) {
        return http.sendAsync(request("GET", path), BodyHandlers.ofByteArray())
                .thenApply(Visitor::reply);
    }

    private HttpRequest request(String method, String path) {
        return HttpRequest.newBuilder(URI.create(url() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private static Reply reply(HttpResponse<byte[]> answer) {
        try {
            return new Reply(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new AssertionError(
                    new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8), e);
        }
    }

    private String url() {
        return "https://127.0.0.1:" + daemon.port();
    }

    /** Path of an integrity request. */
    static String integrity(String nonce, int mask, long from) {
        return "/v2.2/quotes/integrity?nonce=%s&mask=0x%x&partial=1&ima_ml_entry=%d"
                .formatted(nonce, mask, from);
    }

    /** Asks and judges by a verifier that trusts this daemon's AK. */
    Report verify(int mask, OptionalLong from, Optional<Path> state) throws Exception {
        VerifierOptions options =
                new VerifierOptions(
                        URI.create(url()),
                        new VerifierOptions.Tls(
                                identity.chain(),
                                identity.key(),
                                Optional.empty(),
                                Optional.of(daemon.certificate())),
                        Optional.of(daemon.ak()),
                        mask,
                        true,
                        from,
                        state,
                        Optional.empty(),
                        Duration.ofSeconds(60),
                        1 << 30,
                        Policy.standard());
        return new Verifier(new SecureRandom()).pull(options);
    }

    Report verify(int mask) throws Exception {
        return verify(mask, OptionalLong.of(0), Optional.empty());
    }
}
