// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import javax.net.ssl.SSLContext;

/** Answers each request with the raw bytes that a script gives, and remembers what was asked. */
final class ScriptedRegistrar implements AutoCloseable {
    static final String VERSIONS =
            "{\"code\":200,\"status\":\"Success\",\"results\":{\"current_version\":\"2.6\",\"supported_versions\":[\"1.0\",\"2.1\",\"2.6\",\"3.0\"]}}";

    /** One request as it came. */
    record Asked(String line, String head, String body) {}

    private final ServerSocket server;
    private final Function<Asked, Optional<String>> script;
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    /**
     * @param script raw answer to each request; empty to never answer
     */
    ScriptedRegistrar(Optional<SSLContext> tls, Function<Asked, Optional<String>> script)
            throws IOException {
        var loopback = InetAddress.getLoopbackAddress();
        this.server =
                tls.isPresent()
                        ? tls.get().getServerSocketFactory().createServerSocket(0, 50, loopback)
                        : new ServerSocket(0, 50, loopback);
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    static String answer(int status, String json, String... headers) {
        return "HTTP/1.1 %d Text\r\n%sContent-Length: %d\r\n\r\n%s"
                .formatted(
                        status,
                        headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n",
                        json.getBytes(StandardCharsets.UTF_8).length,
                        json);
    }

    static String error(int status, String text, String... headers) {
        return answer(
                status,
                "{\"code\":%d,\"status\":\"%s\",\"results\":{}}".formatted(status, text),
                headers);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Asked request = read(socket.getInputStream());
            asked.add(request);
            Optional<String> answer = script.apply(request);
            if (answer.isPresent()) {
                socket.getOutputStream().write(answer.get().getBytes(StandardCharsets.UTF_8));
            } else {
                socket.getInputStream().read(); // until the client gives up
            }
        } catch (IOException e) {
            // the client has gone, or its handshake failed, which is what a test wanted
        }
    }

    private static Asked read(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("ended early");
            }
            head.append((char) c);
        }
        var length = java.util.regex.Pattern.compile("Content-Length: ([0-9]+)").matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        String text = head.toString();
        return new Asked(
                text.substring(0, text.indexOf("\r\n")),
                text,
                new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
