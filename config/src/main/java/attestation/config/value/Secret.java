// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A password that never prints itself. Immutable. */
public final class Secret {
    /** No password. */
    public static final Secret NONE = new Secret("");

    private static final String HEX = "hex:";
    private static final int MAX_BYTES = 1024;

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /**
     * A password as configured: text, or {@code hex:} and hexadecimal bytes.
     *
     * @throws IllegalArgumentException on bad hexadecimal digits or more than 1,024 bytes; its text
     *     does not repeat the value
     */
    public static Secret of(String text) {
        Secret secret = new Secret(text);
        if (secret.bytes().length > MAX_BYTES) {
            throw new IllegalArgumentException("secret longer than " + MAX_BYTES + " bytes");
        }
        return secret;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** The password as configured; for the passphrase of a key file. */
    public String reveal() {
        return text;
    }

    /** The password's bytes: those behind {@code hex:}, else the UTF-8 of the text. */
    public byte[] bytes() {
        return text.startsWith(HEX) ? unhex() : text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] unhex() {
        try {
            return HexFormat.of().parseHex(text, HEX.length(), text.length());
        } catch (IllegalArgumentException e) {
            // Not as the cause: its text quotes the digits.
            throw new IllegalArgumentException("secret: bad hexadecimal digits behind hex:");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8),
                        secret.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return isEmpty() ? 0 : 1;
    }

    /** {@code ***}, or nothing when there is no secret. */
    @Override
    public String toString() {
        return isEmpty() ? "" : "***";
    }
}
