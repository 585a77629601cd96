// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.nio.file.Path;

/**
 * Where the status socket is.
 *
 * @param socket path of the socket file, shorter than 108 bytes
 * @param mode its permission bits, for example {@code 0660}
 * @param group whose members may ask; empty keeps the agent's own group
 * @param version of the agent, to be shown
 */
public record StatusSettings(Path socket, int mode, String group, String version) {
    private static final int MOST_PATH_BYTES = 107;

    public StatusSettings {
        int bytes = socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        // a name beside it, used while it is made, is longer
        int most = MOST_PATH_BYTES - SocketFile.TEMPORARY.length();
        if (bytes > most) {
            throw new IllegalArgumentException(
                    "status socket: " + bytes + " bytes of path (expected: <= " + most + ")");
        }
    }
}
