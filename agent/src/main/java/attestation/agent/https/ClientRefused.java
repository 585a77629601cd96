// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.security.cert.CertificateException;

/** A client certificate is not accepted; carries the reason through the TLS engine to the log. */
final class ClientRefused extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final Refusal.Kind kind;

    ClientRefused(Refusal.Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Refusal.Kind kind() {
        return kind;
    }
}
