// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import org.jspecify.annotations.Nullable;

/** The running agent could not be asked; the message says why and what to do. */
public final class StatusException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What stands in the way. */
    public enum Kind {
        /** Nobody listens. */
        NOT_RUNNING,
        /** This user may not connect. */
        NOT_PERMITTED,
        /** Somebody listens but gives no usable answer in time. */
        BAD_ANSWER
    }

    StatusException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
