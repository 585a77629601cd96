// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as people write them. */
final class Addresses {
    private Addresses() {}

    /** Whether both are of one IP address; local ones never are. */
    static boolean sameHost(@Nullable SocketAddress one, @Nullable SocketAddress other) {
        return one instanceof InetSocketAddress first
                && other instanceof InetSocketAddress second
                && first.getAddress() != null
                && first.getAddress().equals(second.getAddress());
    }

    /** For example {@code 192.0.2.7:9002} or {@code [2001:db8::1]:9002}. */
    static String text(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return address == null ? "unknown" : Untrusted.show(address.toString(), 200);
        }
        InetAddress ip = inet.getAddress();
        String host = ip == null ? inet.getHostString() : ip.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
