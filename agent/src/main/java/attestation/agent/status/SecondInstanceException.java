// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.io.IOException;
import java.nio.file.Path;

/** Another agent already serves this status socket. */
public final class SecondInstanceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long pid;

    SecondInstanceException(Path socket, long pid) {
        super(
                "another agent"
                        + (pid > 0 ? " (pid " + pid + ")" : "")
                        + " already runs and listens on "
                        + socket
                        + "; stop it first, or give this one another status socket");
        this.pid = pid;
    }

    /** Of the first instance; 0 when it could not be learned. */
    public long pid() {
        return pid;
    }
}
