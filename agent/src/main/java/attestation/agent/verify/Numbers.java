// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.HexFormat;
import java.util.Locale;

/** Numbers of which one spelling only is accepted. */
final class Numbers {
    private Numbers() {}

    static long decimal(String what, String text) throws RefutedException {
        if (!text.matches("0|[1-9][0-9]{0,17}")) {
            throw new RefutedException(what, Printable.text(text), "a decimal number");
        }
        return Long.parseLong(text);
    }

    /** As it is written into requests. */
    static String mask(int mask) {
        return String.format(Locale.ROOT, "0x%x", mask);
    }

    static int mask(String text) throws RefutedException {
        if (!text.matches("0x(0|[1-9a-f][0-9a-f]{0,5})")) {
            throw new RefutedException("mask", Printable.text(text), "0x and up to 24 bits in hex");
        }
        return HexFormat.fromHexDigits(text.substring(2));
    }

    /** Lower-case hex of exactly so many bytes. */
    static byte[] hex(String what, String text, int bytes) throws RefutedException {
        if (!text.matches("[0-9a-f]{" + 2 * bytes + "}")) {
            throw new RefutedException(
                    what, Printable.text(text), 2 * bytes + " lower-case hex digits");
        }
        return HexFormat.of().parseHex(text);
    }
}
