// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

/** What is installed cannot be told; the message names the file and what was expected. */
public final class InstalledException extends Exception {
    private static final long serialVersionUID = 1L;

    InstalledException(String message) {
        super(message);
    }

    InstalledException(String message, Throwable cause) {
        super(message, cause);
    }
}
