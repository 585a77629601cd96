// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A running server with what its tests look at. */
final class TestServer implements AutoCloseable {
    static final ErrorAnswers ERRORS =
            (status, reason) ->
                    new Answer.Whole(
                            status,
                            Map.of("content-type", "application/json"),
                            ("{\"code\":"
                                            + status
                                            + ",\"status\":\""
                                            + reason.replace("\"", "'")
                                            + "\",\"results\":{}}")
                                    .getBytes(StandardCharsets.UTF_8));

    final HttpsServer server = new HttpsServer(ERRORS);
    final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    final List<String> served = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final int port;

    TestServer(HttpsSettings settings, Optional<TlsMaterial> material, Handler handler)
            throws Exception {
        HttpsEvents events =
                new HttpsEvents() {
                    @Override
                    public void served(
                            Peer peer,
                            String target,
                            int status,
                            long bytes,
                            Duration time,
                            Duration sending) {
                        served.add(target + " " + status + " " + bytes);
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        refusals.add(refusal);
                    }

                    @Override
                    public void failed(String target, Throwable cause) {
                        failures.add(cause);
                    }
                };
        port = server.start(settings, material, handler, events);
    }

    static TestServer plain(HttpLimits limits, Handler handler) throws Exception {
        return new TestServer(
                new HttpsSettings(List.of("127.0.0.1"), 0, false, TlsProvider.AUTO, 1, limits),
                Optional.empty(),
                handler);
    }

    static TestServer tls(TlsProvider provider, HttpLimits limits, Pki pki, Handler handler)
            throws Exception {
        return new TestServer(
                new HttpsSettings(List.of("127.0.0.1"), 0, true, provider, 1, limits),
                Optional.of(pki.material("ca")),
                handler);
    }

    static Answer.Whole text(String text) {
        return new Answer.Whole(
                200, Map.of("content-type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits until the server has told of such a refusal. */
    Refusal refusal(Refusal.Kind kind) throws InterruptedException {
        return Await.value(
                () -> refusals.stream().filter(r -> r.kind() == kind).findFirst().orElse(null),
                "refusal " + kind + " in " + refusals);
    }

    @Override
    public void close() {
        server.stop(Duration.ZERO);
    }
}
