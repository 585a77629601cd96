// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/** One attempt to register failed; the message says why, for people. */
final class RegistrarException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What may help. */
    enum Kind {
        /** Time: no connection, no answer, an error that passes. */
        UNREACHABLE,
        /** A person: this id is known with another TPM (403). */
        FORBIDDEN,
        /** A person: the registrar does not accept what was sent (other 4xx). */
        REJECTED,
        /** Time or a person: the answer is not Keylime's. */
        GARBLED,
        /** The TPM could not do its part. */
        TPM
    }

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    private RegistrarException(
            Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    static RegistrarException unreachable(String message, Throwable cause) {
        return new RegistrarException(Kind.UNREACHABLE, message, null, cause);
    }

    static RegistrarException garbled(String message) {
        return new RegistrarException(Kind.GARBLED, message, null, null);
    }

    static RegistrarException tpm(String message, Throwable cause) {
        return new RegistrarException(Kind.TPM, message, null, cause);
    }

    /** An answer with another status than 2xx. */
    static RegistrarException status(int status, String message, Optional<Duration> retryAfter) {
        boolean passes = status == 408 || status == 429 || status >= 500;
        Kind kind = passes ? Kind.UNREACHABLE : status == 403 ? Kind.FORBIDDEN : Kind.REJECTED;
        return new RegistrarException(kind, message, retryAfter.orElse(null), null);
    }

    Kind kind() {
        return kind;
    }

    /** The message; never null. */
    String reason() {
        return String.valueOf(getMessage());
    }

    /** How long the registrar asked to wait. */
    Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
