// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

/** Whether a file is there cannot be told. */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}
