// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.keylime.wire.Shown;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads one HTTP/1.1 answer (RFC 9112) of bounded size from a connection that ends with it. */
final class HttpReplyReader {
    private static final int MAX_HEAD_BYTES = 32 * 1024;
    private static final int MAX_BODY_BYTES = 1024 * 1024;
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9A-Fa-f]{1,6})(;.*)?");

    private final InputStream in;
    private int headBytes;

    HttpReplyReader(InputStream in) {
        this.in = in;
    }

    HttpReply read() throws IOException {
        int status = 100;
        Map<String, String> headers = Map.of();
        while (status < 200) {
            status = statusLine();
            headers = headers();
        }
        return new HttpReply(status, headers, body(status, headers));
    }

    private int statusLine() throws IOException {
        var match = STATUS_LINE.matcher(line());
        if (!match.matches()) {
            throw new IOException("not an HTTP answer");
        }
        return Integer.parseInt(match.group(1));
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("malformed header in HTTP answer");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.put(name, line.substring(colon + 1).strip());
        }
        return headers;
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("connection ended within the HTTP answer");
            }
            if (++headBytes > MAX_HEAD_BYTES) {
                throw new IOException(
                        "HTTP answer's head is over %d bytes".formatted(MAX_HEAD_BYTES));
            }
            line.write(c);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private byte[] body(int status, Map<String, String> headers) throws IOException {
        if (status == 204 || status == 304) {
            return new byte[0];
        }
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return chunked();
        }
        String length = headers.get("content-length");
        return length == null ? untilEnd() : exactly(bounded(length));
    }

    private static int bounded(String length) throws IOException {
        int bytes = length.matches("[0-9]{1,9}") ? Integer.parseInt(length) : -1;
        if (bytes < 0 || bytes > MAX_BODY_BYTES) {
            throw tooLong(length);
        }
        return bytes;
    }

    private static IOException tooLong(String length) {
        return new IOException(
                "HTTP answer's body: %s bytes (expected: at most %d)"
                        .formatted(Shown.text(length), MAX_BODY_BYTES));
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("connection ended within the HTTP answer");
        }
        return bytes;
    }

    private byte[] untilEnd() throws IOException {
        byte[] bytes = in.readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw tooLong("more");
        }
        return bytes;
    }

    private byte[] chunked() throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            var match = CHUNK_SIZE.matcher(line());
            if (!match.matches()) {
                throw new IOException("malformed chunk in HTTP answer");
            }
            int size = Integer.parseInt(match.group(1), 16);
            if (size == 0) {
                return body.toByteArray(); // the connection ends here; trailers are of no use
            }
            if (body.size() + size > MAX_BODY_BYTES) {
                throw tooLong("more");
            }
            body.writeBytes(exactly(size));
            line();
        }
    }
}
