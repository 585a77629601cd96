// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** Text encodings of which exactly one spelling per value is accepted. */
final class Canonical {
    private Canonical() {}

    /** Standard base64 with padding, no line breaks, no stray bits in the last character. */
    static byte[] base64(String what, String text) throws RefutedException {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new RefutedException(
                    what + ": not base64: " + Printable.text(String.valueOf(e.getMessage())));
        }
        throw new RefutedException(
                what + ": base64 with a spelling of its own (expected: padding, zero slack bits)");
    }

    /** PEM as openssl writes it: 64 columns, newlines, a final newline. */
    static String pem(String label, byte[] der) {
        String body =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der);
        return String.format(
                Locale.ROOT, "-----BEGIN %s-----\n%s\n-----END %s-----\n", label, body, label);
    }
}
