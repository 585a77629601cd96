// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.https.Exchange;
import attestation.agent.keylime.wire.Shown;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Query parameters, read as strictly as Keylime's own agent does and in its words. */
final class Parameters {
    private static final int MAX_NONCE_BYTES = 64;
    private static final int MAX_HEX_DIGITS = 8;
    private static final int PCRS = 24;
    private static final int MAX_ENTRY_DIGITS = 18;

    private Parameters() {}

    /** The parameter's only value. */
    static String required(Exchange exchange, String name) throws Refusal {
        return optional(exchange, name)
                .orElseThrow(
                        () ->
                                Refusal.badRequest(
                                        "Query deserialize error: missing field `%s`"
                                                .formatted(name)));
    }

    /** The parameter's only value, if it is there. */
    static Optional<String> optional(Exchange exchange, String name) throws Refusal {
        List<String> values = exchange.query().getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw Refusal.badRequest(
                    "Query deserialize error: duplicate field `%s`".formatted(name));
        }
        return values.stream().findFirst();
    }

    /** Keylime itself sends nothing else; letters of other alphabets are refused too. */
    static boolean isAlphanumeric(String text) {
        return text.chars().allMatch(c -> c < 0x80 && Character.isLetterOrDigit(c));
    }

    static void requireAlphanumeric(String value, String message) throws Refusal {
        if (!isAlphanumeric(value)) {
            throw Refusal.badRequest(message + Shown.text(value));
        }
    }

    /** The nonce's bytes, exactly as the TPM gets them. */
    static byte[] nonce(String nonce, String tooLong) throws Refusal {
        byte[] bytes = nonce.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_NONCE_BYTES) {
            throw Refusal.badRequest(tooLong);
        }
        return bytes;
    }

    /** The mask's 32 bits; one {@code 0x} may stand before. */
    static int maskBits(String mask) throws Refusal {
        String digits = mask.startsWith("0x") ? mask.substring(2) : mask;
        String significant = digits.replaceFirst("^0+(?=.)", "");
        boolean hex = digits.chars().allMatch(c -> Character.digit(c, 16) >= 0);
        if (digits.isEmpty() || !hex || significant.length() > MAX_HEX_DIGITS) {
            throw Refusal.badRequest(
                    "mask should be a hex encoded 32-bit integer: " + Shown.text(mask));
        }
        return Integer.parseUnsignedInt(significant, 16);
    }

    /** The bits as a selection of PCRs that exist. */
    static int pcrMask(int bits) throws Refusal {
        if (bits >>> PCRS != 0) {
            throw Refusal.badRequest(
                    "mask beyond PCR 23: 0x%x (expected: bits 0 to 23)".formatted(bits));
        }
        return bits;
    }

    /** Whether {@code partial} asks for the public key too. */
    static boolean wantsPublicKey(String partial) throws Refusal {
        return switch (partial) {
            case "0" -> true;
            case "1" -> false;
            default ->
                    throw Refusal.badRequest("uri must contain key 'partial' and value '0' or '1'");
        };
    }

    /**
     * First list entry; what is no decimal number or beyond every list means from the beginning.
     */
    static long firstEntry(Optional<String> text) {
        return text.filter(t -> !t.isEmpty() && t.length() <= MAX_ENTRY_DIGITS)
                .filter(t -> t.chars().allMatch(c -> c >= '0' && c <= '9'))
                .map(Long::parseLong)
                .orElse(0L);
    }
}
