// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Asks an agent over mutual TLS; every request has a connection and a deadline of its own. */
final class AgentClient implements AutoCloseable {
    private static final int MAX_ERROR_BODY = 4096;

    private final URI base;
    private final SSLContext tls;
    private final Duration timeout;
    private final ScheduledExecutorService watch;

    AgentClient(URI base, SSLContext tls, Duration timeout) {
        this.base = base;
        this.tls = tls;
        this.timeout = timeout;
        this.watch = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().factory());
    }

    /** What to do with a body. */
    interface BodyReader<T> {
        T read(InputStream body) throws IOException, RefutedException;
    }

    /**
     * GETs a path with query.
     *
     * @throws UndecidedException when no answer 200 was to be had in time
     * @throws RefutedException when the answer is not what the protocol says
     */
    <T> T get(String path, BodyReader<T> reader) throws UndecidedException, RefutedException {
        try {
            HttpsURLConnection connection = open(path);
            var alarm =
                    watch.schedule(
                            connection::disconnect, timeout.toMillis(), TimeUnit.MILLISECONDS);
            try (InputStream body = body(connection)) {
                return reader.read(body);
            } finally {
                alarm.cancel(false);
                connection.disconnect();
            }
        } catch (IOException e) {
            throw new UndecidedException(base + ": " + reason(e), e);
        }
    }

    private HttpsURLConnection open(String path) throws IOException {
        HttpsURLConnection connection =
                (HttpsURLConnection) base.resolve(path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setSSLSocketFactory(tls.getSocketFactory());
        connection.setHostnameVerifier((host, session) -> true);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(Math.toIntExact(timeout.toMillis()));
        connection.setReadTimeout(Math.toIntExact(timeout.toMillis()));
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty("Accept", "application/json");
        return connection;
    }

    private InputStream body(HttpsURLConnection connection) throws IOException, UndecidedException {
        int status = connection.getResponseCode();
        if (status != HttpsURLConnection.HTTP_OK) {
            throw new UndecidedException(
                    base + ": answer " + status + " (expected: 200): " + errorBody(connection));
        }
        return connection.getInputStream();
    }

    private static String errorBody(HttpsURLConnection connection) throws IOException {
        try (InputStream error = connection.getErrorStream()) {
            return error == null
                    ? "no body"
                    : Printable.text(
                            new String(
                                    error.readNBytes(MAX_ERROR_BODY),
                                    java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private String reason(IOException e) {
        String text = Printable.text(String.valueOf(e.getMessage()));
        return switch (e) {
            case SocketTimeoutException _ -> "no answer within " + timeout.toSeconds() + " s";
            case SSLException _ -> "TLS: " + text;
            case java.net.ConnectException _ -> "cannot connect: " + text;
            case java.net.UnknownHostException _ -> "unknown host: " + text;
            default -> text;
        };
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
