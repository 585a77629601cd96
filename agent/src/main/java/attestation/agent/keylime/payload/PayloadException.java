// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

/** A payload, script or message cannot be used; the message says which and why. */
public final class PayloadException extends Exception {
    private static final long serialVersionUID = 1L;

    PayloadException(String message) {
        super(message);
    }

    PayloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
