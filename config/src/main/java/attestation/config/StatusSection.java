// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.StatusKeys;

import java.nio.file.Path;

/**
 * The local status socket.
 *
 * @param mode permission bits, for example {@code 0660} octal
 * @param group empty: the process's own
 */
public record StatusSection(Path socket, int mode, String group) {
    public StatusSection {
        StatusKeys.SOCKET.require(socket);
        StatusKeys.MODE.require(mode);
        StatusKeys.GROUP.require(group);
    }

    static StatusSection of(Values values) {
        return new StatusSection(
                values.get(StatusKeys.SOCKET),
                values.get(StatusKeys.MODE),
                values.get(StatusKeys.GROUP));
    }
}
