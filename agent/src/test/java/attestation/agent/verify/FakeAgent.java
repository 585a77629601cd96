// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * An HTTPS server that answers like an agent whatever a test tells it to; certificates by openssl.
 */
final class FakeAgent implements AutoCloseable {
    /** Makes the body of an integrity answer. */
    interface Integrity {
        String body(String query) throws Exception;
    }

    final Path folder;
    final List<String> queries = new ArrayList<>();
    private final HttpsServer server;
    private Integrity integrity = query -> "{}";
    private int status = 200;

    /**
     * @param folder made by {@link #makePki}
     */
    FakeAgent(Path folder) throws Exception {
        this.folder = folder;
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext tls = context();
        server.setHttpsConfigurator(
                new HttpsConfigurator(tls) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters needed = tls.getDefaultSSLParameters();
                        needed.setNeedClientAuth(true);
                        parameters.setSSLParameters(needed);
                    }
                });
        server.createContext("/version", exchange -> answer(exchange, versions()));
        server.createContext("/v2.2/quotes/integrity", this::integrity);
        server.start();
    }

    void answering(Integrity answers) {
        integrity = answers;
    }

    void answering(int httpStatus, String body) {
        status = httpStatus;
        integrity = query -> body;
    }

    String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    VerifierOptions.Tls tls() {
        return new VerifierOptions.Tls(
                folder.resolve("client.crt"),
                folder.resolve("client.key"),
                java.util.Optional.of(folder.resolve("ca.crt")),
                java.util.Optional.empty());
    }

    private static String versions() {
        return "{\"code\":200,\"status\":\"Success\",\"results\":{\"supported_version\":\"2.2\","
                + "\"supported_versions\":[\"2.1\",\"2.2\"]}}";
    }

    private void integrity(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        queries.add(query);
        try {
            answer(exchange, integrity.body(query));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean version = exchange.getRequestURI().getPath().equals("/version");
        exchange.sendResponseHeaders(version ? 200 : status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private SSLContext context() throws Exception {
        KeyStore keys =
                KeyStore.getInstance(folder.resolve("server.p12").toFile(), "test".toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, "test".toCharArray());
        KeyStore cas = KeyStore.getInstance("PKCS12");
        cas.load(null, null);
        try (var in = Files.newInputStream(folder.resolve("ca.crt"))) {
            cas.setCertificateEntry(
                    "ca",
                    java.security.cert.CertificateFactory.getInstance("X.509")
                            .generateCertificate(in));
        }
        TrustManagerFactory clients = TrustManagerFactory.getInstance("PKIX");
        clients.init(cas);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), clients.getTrustManagers(), null);
        return context;
    }

    static void makePki(Path folder) throws Exception {
        String newKey = " -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
        for (String ca : List.of("ca", "other")) {
            openssl(
                    folder,
                    "req -x509"
                            + newKey
                            + named("-keyout @.key -out @.crt -subj /CN=@ -days 2", ca));
        }
        for (String who : List.of("server", "client")) {
            openssl(folder, "req" + newKey + named("-keyout @.key -out @.csr -subj /CN=@", who));
            openssl(
                    folder,
                    named(
                            "x509 -req -in @.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2"
                                    + " -out @.crt",
                            who));
        }
        openssl(folder, "ec -in client.key -out client-old.key");
        openssl(
                folder,
                "pkcs12 -export -in server.crt -inkey server.key -passout pass:test -out server.p12");
    }

    private static String named(String arguments, String name) {
        return arguments.replace("@", name);
    }

    private static void openssl(Path folder, String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.trim().split(" +")));
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("openssl " + arguments + ": " + said);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
