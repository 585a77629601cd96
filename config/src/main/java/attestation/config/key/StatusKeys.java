// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import java.nio.file.Path;
import java.util.List;

/** Section {@code [status]}. */
public final class StatusKeys {
    public static final Key<Path> SOCKET =
            new Key<>(
                    "status",
                    "socket",
                    Types.socketPath(),
                    Path.of("/run/attestation-agent/agent.sock"),
                    "",
                    "Unix socket that agent status asks.");
    public static final Key<Integer> MODE =
            new Key<>(
                    "status",
                    "mode",
                    Types.mode(),
                    0660,
                    "",
                    "Permissions of the socket: they decide who may ask.");
    public static final Key<String> GROUP =
            new Key<>(
                    "status",
                    "group",
                    Types.text(
                            "a group's name, or empty for the process's own",
                            "|[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}"),
                    "attestation-agent",
                    "",
                    "Group of the socket; empty for the process's own.");

    static final List<Key<?>> ALL = List.of(SOCKET, MODE, GROUP);

    private StatusKeys() {}
}
