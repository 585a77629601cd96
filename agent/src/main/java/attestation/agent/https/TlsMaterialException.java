// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

/** A key, certificate or CA file cannot be used; the message names the file and what to do. */
public final class TlsMaterialException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsMaterialException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
