// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import org.jspecify.annotations.Nullable;

/** A request is answered with an error; the message is the answer's {@code status} text. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String allow;

    private Refusal(int status, String allow, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.allow = allow;
    }

    /** The request itself is wrong. */
    static Refusal badRequest(String message) {
        return new Refusal(400, "", message, null);
    }

    /** The request may succeed later; Keylime's verifier tries again. */
    static Refusal unavailable(String message, Throwable cause) {
        return new Refusal(500, "", message, cause);
    }

    static Refusal methodNotAllowed(String allow, String message) {
        return new Refusal(405, allow, message, null);
    }

    int status() {
        return status;
    }

    /** Methods for the Allow header; empty for none. */
    String allow() {
        return allow;
    }
}
