// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An authorization value (password) of a hierarchy or object; prints as {@code ***}. */
public final class Auth {
    /** TPM2B_AUTH holds at most a digest of the largest hash. */
    private static final int MAX_BYTES = 64;

    /** The empty password. */
    public static final Auth EMPTY = new Auth(new byte[0]);

    private final byte[] value;

    private Auth(byte[] value) {
        this.value = value;
    }

    /**
     * Text as UTF-8, or bytes when it begins with {@code hex:}.
     *
     * @throws IllegalArgumentException when the digits are not hex or the value is longer than 64
     *     bytes; the message does not repeat the value
     */
    public static Auth parse(String text) {
        byte[] bytes =
                text.startsWith("hex:")
                        ? hex(text.substring(4))
                        : text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "TPM password: " + bytes.length + " bytes (expected: at most 64)");
        }
        return new Auth(bytes);
    }

    /** The value without trailing zeros, as TPMs compare it (Part 1 §19.6.4.3); a fresh copy. */
    public byte[] bytes() {
        int end = value.length;
        while (end > 0 && value[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(value, end);
    }

    /** Whether this is the empty password. */
    public boolean isEmpty() {
        return bytes().length == 0;
    }

    @Override
    public String toString() {
        return "***";
    }

    private static byte[] hex(String digits) {
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "TPM password: not an even number of hex digits after hex:");
        }
    }
}
