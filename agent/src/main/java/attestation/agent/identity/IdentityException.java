// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

/**
 * What makes this host itself is there but cannot be used. Nothing was replaced: a new identity
 * would have to be enrolled anew.
 */
public final class IdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    public IdentityException(String message) {
        super(message);
    }

    public IdentityException(String message, Throwable cause) {
        super(message, cause);
    }
}
