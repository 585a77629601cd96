// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

/**
 * Why the service manager was not told something. Never fatal: the daemon works on; if the manager
 * never hears READY or WATCHDOG, it acts by its own time-outs.
 *
 * @param state what was to be told, for example {@code READY=1}
 * @param socket the value of NOTIFY_SOCKET
 * @param kind what went wrong
 * @param errno of the failed call, 0 where there was none
 */
public record NotifyFailure(String state, String socket, Kind kind, int errno) {

    /** What went wrong. */
    public enum Kind {
        /** NOTIFY_SOCKET is neither an absolute path nor an abstract name, or too long. */
        BAD_ADDRESS,
        /** libc could not be called. */
        NO_NATIVE_CALLS,
        /** The socket could not be made or did not take the message within its time-out. */
        NOT_SENT
    }

    /** The failure in words. */
    public String message() {
        String reason =
                switch (kind) {
                    case BAD_ADDRESS -> "expected: an absolute path or @name below 108 bytes";
                    case NO_NATIVE_CALLS -> "native calls are not available to this JVM";
                    case NOT_SENT -> "errno " + errno;
                };
        return "cannot tell the service manager "
                + LogText.escape(state)
                + " - NOTIFY_SOCKET="
                + LogText.escape(socket)
                + " - "
                + reason;
    }
}
