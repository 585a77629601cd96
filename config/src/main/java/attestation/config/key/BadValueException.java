// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

/** A value that its key does not take. */
public final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    BadValueException(String shown, String expected) {
        super(shown + " (expected: " + expected + ")");
    }

    /** {@code value (expected: …)}, safe to print; a secret's value is not in it. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
