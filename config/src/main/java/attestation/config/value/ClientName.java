// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How a client certificate is recognised.
 *
 * @param kind which of its names, or its key
 * @param value the name; for a key 64 lower-case hexadecimal digits, the SHA-256 of its DER
 *     SubjectPublicKeyInfo
 */
public record ClientName(Kind kind, String value) {
    /** Kinds of names: subjectAltName entries (RFC 5280 §4.2.1.6) and the key. */
    public enum Kind {
        DNS,
        IP,
        URI,
        EMAIL,
        KEY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Pattern KEY_DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NAME = Pattern.compile("[!-~]{1,255}");

    public ClientName {
        value = kind == Kind.URI ? value : value.toLowerCase(Locale.ROOT);
        if (!(kind == Kind.KEY ? KEY_DIGEST : NAME).matcher(value).matches()) {
            throw new IllegalArgumentException("not a client name");
        }
        if (kind == Kind.IP) {
            value = HostName.literal(value).getHostAddress();
        }
    }

    /**
     * Reads {@code dns:…}, {@code ip:…}, {@code uri:…}, {@code email:…} or {@code key:…}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static ClientName parse(String text) {
        int colon = text.indexOf(':');
        String kind = text.substring(0, Math.max(0, colon));
        return Arrays.stream(Kind.values())
                .filter(k -> k.toString().equals(kind))
                .findFirst()
                .map(k -> new ClientName(k, text.substring(colon + 1)))
                .orElseThrow(() -> new IllegalArgumentException("not a client name"));
    }

    @Override
    public String toString() {
        return kind + ":" + value;
    }
}
