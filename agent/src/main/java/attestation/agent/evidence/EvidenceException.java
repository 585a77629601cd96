// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import org.jspecify.annotations.Nullable;

/** Evidence could not be had before the deadline, or the request cannot be met by this TPM. */
public final class EvidenceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Who has to change something. */
    public enum Kind {
        /** The request asks for what this host never gives: answer 400. */
        BAD_REQUEST,
        /** It may work later: answer 500. */
        UNAVAILABLE
    }

    private final Kind kind;

    public EvidenceException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
