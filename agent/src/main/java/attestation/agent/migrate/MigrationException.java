// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

/** A step could not be done; the message says which, and what is left as it was. */
public final class MigrationException extends Exception {
    private static final long serialVersionUID = 1L;

    MigrationException(String message) {
        super(message);
    }

    MigrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
