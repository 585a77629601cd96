// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.host.Deadline;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import javax.net.ssl.SSLSocket;

/**
 * Sends single requests to the registrar over plain sockets: two small requests an hour are not
 * worth the JDK's HTTP client, its threads and its memory. One connection a request.
 */
final class RegistrarHttp {
    private final RegistrarAddress address;
    private final Duration connectTimeout;
    private final Duration wholeTimeout;

    /**
     * @param wholeTimeout from connecting to the answer's last byte
     */
    RegistrarHttp(RegistrarAddress address, Duration connectTimeout, Duration wholeTimeout) {
        this.address = address;
        this.connectTimeout = connectTimeout;
        this.wholeTimeout = wholeTimeout;
    }

    HttpReply get(String path) throws IOException {
        return send("GET", path, new byte[0]);
    }

    /**
     * Sends one request and reads its answer whole.
     *
     * @param body JSON; empty for none
     */
    HttpReply send(String method, String path, byte[] body) throws IOException {
        var deadline = Deadline.after(wholeTimeout);
        try (Socket plain = connect(deadline);
                Socket socket = secured(plain, deadline)) {
            var out = socket.getOutputStream();
            out.write(request(method, path, body));
            out.flush();
            return new HttpReplyReader(new BufferedInputStream(timed(socket, deadline))).read();
        }
    }

    private Socket connect(Deadline deadline) throws IOException {
        IOException last = new IOException("no address");
        for (InetAddress candidate : InetAddress.getAllByName(address.host())) {
            var socket = new Socket();
            try {
                socket.connect(
                        new InetSocketAddress(candidate, address.port()),
                        Math.min(millis(connectTimeout), millisLeft(deadline)));
                socket.setTcpNoDelay(true);
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last;
    }

    private Socket secured(Socket plain, Deadline deadline) throws IOException {
        if (address.tls().isEmpty()) {
            return plain;
        }
        plain.setSoTimeout(millisLeft(deadline));
        var socket =
                (SSLSocket)
                        address.tls()
                                .get()
                                .getSocketFactory()
                                .createSocket(plain, address.host(), address.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private byte[] request(String method, String path, byte[] body) {
        String head =
                """
                %s %s HTTP/1.1
                Host: %s
                Accept: application/json
                Connection: close
                """
                        .formatted(method, path, address.authority());
        if (body.length > 0) {
            head += "Content-Type: application/json\nContent-Length: %d\n".formatted(body.length);
        }
        byte[] start = (head + "\n").replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
        var request = java.util.Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, request, start.length, body.length);
        return request;
    }

    /** Each read may wait only for what is left of the whole. */
    private static InputStream timed(Socket socket, Deadline deadline) throws IOException {
        return new FilterInputStream(socket.getInputStream()) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                socket.setSoTimeout(millisLeft(deadline));
                return super.read(target, offset, length);
            }
        };
    }

    private static int millisLeft(Deadline deadline) throws SocketTimeoutException {
        int left = millis(deadline.remaining());
        if (left == 0) {
            throw new SocketTimeoutException("no whole answer in time");
        }
        return left;
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, duration.toMillis());
    }
}
