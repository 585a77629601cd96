// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as the kernel's {@code kstrtoul}, {@code kstrtoint} and {@code uuid_parse} read them. */
final class Numbers {
    private static final Pattern DECIMAL = Pattern.compile("[+]?[0-9]{1,20}");
    private static final Pattern SIGNED = Pattern.compile("[+-]?[0-9]{1,10}");
    private static final Pattern HEX = Pattern.compile("[+]?(0[xX])?([0-9a-fA-F]{1,64})");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int UUID_CHARS = 36;
    private static final long NO_ID = 0xffffffffL;
    private static final int MAX_PCR = 63;

    private Numbers() {}

    /** A user or group; the highest number means none. */
    static long id(String value) throws RefusedException {
        if (DECIMAL.matcher(value).matches()) {
            java.math.BigInteger number = new java.math.BigInteger(value);
            if (number.compareTo(java.math.BigInteger.valueOf(NO_ID)) < 0) {
                return number.longValue();
            }
        }
        throw new RefusedException(
                "id: " + Shown.value(value) + " (expected: 0..4294967294, a number, not a name)");
    }

    static long magic(String value) throws RefusedException {
        java.util.regex.Matcher matcher = HEX.matcher(value);
        if (matcher.matches()) {
            java.math.BigInteger number = new java.math.BigInteger(matcher.group(2), 16);
            if (number.bitLength() <= 64) {
                return number.longValue();
            }
        }
        throw new RefusedException(
                "fsmagic: " + Shown.value(value) + " (expected: hexadecimal, up to 64 bits)");
    }

    /** What follows the 36 characters is ignored, as by the kernel. */
    static String uuid(String value) throws RefusedException {
        String head = value.substring(0, Math.min(UUID_CHARS, value.length()));
        if (!UUID.matcher(head).matches()) {
            throw new RefusedException(
                    "fsuuid: "
                            + Shown.value(value)
                            + " (expected: 01234567-89ab-cdef-0123-456789abcdef)");
        }
        return head.toLowerCase(Locale.ROOT);
    }

    static int pcr(String value) throws RefusedException {
        if (SIGNED.matcher(value).matches()) {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= MAX_PCR) {
                return (int) number;
            }
        }
        throw new RefusedException("pcr: " + Shown.value(value) + " (expected: 0..23, decimal)");
    }
}
