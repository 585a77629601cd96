// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/** Syntax of host names and addresses; nothing here asks a name server. */
public final class HostName {
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern NAME =
            Pattern.compile(
                    "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                            + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

    private HostName() {}

    /** What {@link #parse} takes, in words. */
    public static final String EXPECTED = "an IPv4 or IPv6 address or a host name";

    /**
     * Checks an IPv4 or IPv6 address (brackets allowed) or a host name; brackets are removed.
     *
     * @throws IllegalArgumentException if it is none: underscore, trailing dot, IPv6 zone
     */
    public static String parse(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        String bare = brackets ? text.substring(1, text.length() - 1) : text;
        if (brackets || bare.indexOf(':') >= 0 || DIGITS_AND_DOTS.matcher(bare).matches()) {
            literal(bare);
        } else if (bare.length() > 253 || !NAME.matcher(bare).matches()) {
            throw new IllegalArgumentException("not a host name");
        }
        return bare;
    }

    /** Whether {@link #parse}'s result is an address, not a name. */
    public static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
    }

    /**
     * An address from its text.
     *
     * @throws IllegalArgumentException if it is none, or an IPv6 address with a zone
     */
    public static InetAddress literal(String text) {
        if (IPV4.matcher(text).matches()) {
            return Inet4Address.ofLiteral(text);
        }
        if (text.indexOf(':') < 0 || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            throw new IllegalArgumentException("not an address");
        }
        return Inet6Address.ofLiteral(text);
    }
}
