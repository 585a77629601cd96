// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

/**
 * The evidence is not what it must be; the message says what, which value, and what was expected.
 */
final class RefutedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefutedException(String message) {
        super(message);
    }

    /** In the order in which all messages are worded. */
    RefutedException(String what, Object value, String expected) {
        super(what + ": " + value + " (expected: " + expected + ")");
    }
}
