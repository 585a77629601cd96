// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request's head, checked where a lenient reader could be led to see another request than a proxy
 * before it (RFC 9112 §6.1, §11.2).
 *
 * @param keepAlive what the client wants of the connection afterwards
 * @param expectsContinue it waits for 100 before it sends the body
 */
record RequestHead(
        String method,
        Target target,
        Map<String, String> headers,
        boolean keepAlive,
        boolean expectsContinue) {

    static RequestHead of(HttpRequest request, int maxBodyBytes) throws BadRequest {
        mustBeHttp1(request.protocolVersion());
        HttpHeaders headers = request.headers();
        mustNameOneHost(request, headers);
        mustFrameOnce(request, headers, maxBodyBytes);
        boolean http11 = request.protocolVersion().minorVersion() == 1;
        return new RequestHead(
                request.method().name(),
                Target.parse(request.uri()),
                lowerCase(headers),
                keepAlive(http11, headers),
                http11 && headers.containsValue(HttpHeaderNames.EXPECT, "100-continue", true));
    }

    private static void mustBeHttp1(HttpVersion version) throws BadRequest {
        boolean known =
                version.majorVersion() == 1
                        && (version.minorVersion() == 0 || version.minorVersion() == 1)
                        && version.protocolName().equals("HTTP");
        if (!known) {
            throw new BadRequest(
                    "version: "
                            + Untrusted.show(version.text(), 40)
                            + " (expected: HTTP/1.0 or HTTP/1.1)");
        }
    }

    private static void mustNameOneHost(HttpRequest request, HttpHeaders headers)
            throws BadRequest {
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && request.protocolVersion().minorVersion() == 1)) {
            throw new BadRequest("Host: given " + hosts + " times (expected: once)");
        }
    }

    private static void mustFrameOnce(HttpRequest request, HttpHeaders headers, int maxBodyBytes)
            throws BadRequest {
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!encodings.isEmpty()) {
            mustBeChunked(request, encodings, lengths);
        } else if (lengths.size() > 1) {
            throw new BadRequest("Content-Length: given more than once (expected: once)");
        } else if (lengths.size() == 1) {
            mustFit(lengths.get(0), maxBodyBytes);
        }
    }

    private static void mustBeChunked(
            HttpRequest request, List<String> encodings, List<String> lengths) throws BadRequest {
        if (!lengths.isEmpty() || request.protocolVersion().minorVersion() == 0) {
            throw new BadRequest(
                    "Transfer-Encoding: not allowed beside Content-Length or in HTTP/1.0");
        }
        if (encodings.size() > 1 || !encodings.get(0).equalsIgnoreCase("chunked")) {
            throw new BadRequest(
                    "Transfer-Encoding: "
                            + Untrusted.show(String.join(", ", encodings), 80)
                            + " (expected: chunked)");
        }
    }

    private static void mustFit(String length, int maxBodyBytes) throws BadRequest {
        boolean digits = !length.isEmpty() && length.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || length.length() > 18) {
            throw new BadRequest(
                    "Content-Length: " + Untrusted.show(length, 40) + " (expected: a number)");
        }
        if (Long.parseLong(length) > maxBodyBytes) {
            throw tooLong(length, maxBodyBytes);
        }
    }

    static BadRequest tooLong(String length, int maxBodyBytes) {
        return new BadRequest("body: " + length + " bytes (expected: <= " + maxBodyBytes + ")");
    }

    private static boolean keepAlive(boolean http11, HttpHeaders headers) {
        return http11
                ? !headers.containsValue(HttpHeaderNames.CONNECTION, "close", true)
                : headers.containsValue(HttpHeaderNames.CONNECTION, "keep-alive", true);
    }

    /** Fields given more than once are joined by a comma (RFC 9110 §5.3). */
    private static Map<String, String> lowerCase(HttpHeaders headers) {
        Map<String, String> found = HashMap.newHashMap(headers.size());
        headers.forEach(
                field ->
                        found.merge(
                                field.getKey().toLowerCase(Locale.ROOT),
                                field.getValue(),
                                (first, more) -> first + ", " + more));
        return Map.copyOf(found);
    }
}
