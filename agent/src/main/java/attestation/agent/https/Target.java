// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request target (RFC 9112 §3.2), origin-form or absolute-form, strictly decoded.
 *
 * @param path decoded, begins with a slash
 * @param query decoded, in the order given
 */
record Target(String path, Map<String, List<String>> query) {
    private static final int MAX_PARAMETERS = 64;

    static Target parse(String uri) throws BadRequest {
        String local = withoutAuthority(uri);
        if (!local.startsWith("/") || local.indexOf('#') >= 0) {
            throw new BadRequest(
                    "target: " + Untrusted.show(uri, 100) + " (expected: a path beginning with /)");
        }
        int mark = local.indexOf('?');
        String path = mark < 0 ? local : local.substring(0, mark);
        String query = mark < 0 ? "" : local.substring(mark + 1);
        return new Target(decode(path, false), parameters(query));
    }

    private static String withoutAuthority(String uri) {
        if (!uri.regionMatches(true, 0, "http://", 0, 7)
                && !uri.regionMatches(true, 0, "https://", 0, 8)) {
            return uri;
        }
        int slash = uri.indexOf('/', uri.indexOf("//") + 2);
        return slash < 0 ? "/" : uri.substring(slash);
    }

    private static Map<String, List<String>> parameters(String query) throws BadRequest {
        if (query.isEmpty()) {
            return Map.of();
        }
        String[] parts = query.split("&", MAX_PARAMETERS + 1);
        if (parts.length > MAX_PARAMETERS) {
            throw new BadRequest("query: too many parameters (expected: <= 64)");
        }
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (String part : parts) {
            if (!part.isEmpty()) {
                int equal = part.indexOf('=');
                String name = decode(equal < 0 ? part : part.substring(0, equal), true);
                String value = equal < 0 ? "" : decode(part.substring(equal + 1), true);
                found.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
            }
        }
        return found;
    }

    private static String decode(String text, boolean plusIsSpace) throws BadRequest {
        if (isPlain(text)) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.put((byte) octet(text, i));
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                bytes.put((byte) ' ');
            } else if (c > ' ' && c < 0x7f) {
                bytes.put((byte) c);
            } else {
                throw undecodable(text);
            }
        }
        return utf8(text, bytes.flip());
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '%' || c == '+') {
                return false;
            }
        }
        return true;
    }

    private static int octet(String text, int at) throws BadRequest {
        int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
        int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
            throw undecodable(text);
        }
        return (high << 4) | low;
    }

    private static String utf8(String text, ByteBuffer bytes) throws BadRequest {
        try {
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            if (decoded.indexOf('\0') >= 0) {
                throw undecodable(text);
            }
            return decoded;
        } catch (CharacterCodingException e) {
            throw undecodable(text);
        }
    }

    private static BadRequest undecodable(String text) {
        return new BadRequest(
                "target: "
                        + Untrusted.show(text, 100)
                        + " (expected: percent-encoded UTF-8 without NUL)");
    }
}
