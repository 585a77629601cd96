// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

/** The verification could not be made: something outside the evidence was missing or broke. */
public final class UndecidedException extends Exception {
    private static final long serialVersionUID = 1L;

    UndecidedException(String message) {
        super(message);
    }

    UndecidedException(String message, Throwable cause) {
        super(message, cause);
    }
}
