// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.channel.unix.Errors;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Says in words why listening failed, and what to do. */
final class BindFailure {
    private static final int EACCES = -13;
    private static final int EADDRINUSE = -98;
    private static final int EADDRNOTAVAIL = -99;

    private BindFailure() {}

    static ListenException explain(InetSocketAddress wanted, Throwable cause) {
        return new ListenException(Addresses.text(wanted), words(wanted, cause), cause);
    }

    private static String words(InetSocketAddress wanted, Throwable cause) {
        return switch (number(cause)) {
            case EADDRINUSE ->
                    "the port is taken; stop the other program (ss -ltnp 'sport = :"
                            + wanted.getPort()
                            + "' names it) or choose another port; of Keylime's agent, agent migrate"
                            + " takes the place";
            case EADDRNOTAVAIL -> "this host has no such address; choose one of its own";
            case EACCES -> "not permitted; choose a port above 1023";
            default -> Untrusted.show(String.valueOf(cause.getMessage()), 200);
        };
    }

    private static int number(Throwable cause) {
        if (cause instanceof Errors.NativeIoException failed) {
            return failed.expectedErr();
        }
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("permission denied")) {
            return EACCES;
        }
        if (text.contains("assign requested address")) {
            return EADDRNOTAVAIL;
        }
        return cause instanceof BindException ? EADDRINUSE : 0;
    }
}
