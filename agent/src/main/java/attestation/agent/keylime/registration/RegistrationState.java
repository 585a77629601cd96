// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.keylime.wire.ApiVersion;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Optional;

/**
 * Where registration stands: immutable, replaced whole.
 *
 * @param registeredAt last success since the start
 * @param version API version of that success
 * @param failure why the last attempt failed; empty after a success and before the first attempt
 * @param failures attempts that failed in a row
 * @param nextAttemptAt when it is tried, or renewed, next
 */
record RegistrationState(
        @Nullable Instant registeredAt,
        @Nullable ApiVersion version,
        Optional<Failure> failure,
        int failures,
        @Nullable Instant nextAttemptAt) {

    /** What went wrong last. */
    record Failure(RegistrarException.Kind kind, String reason) {}

    static final RegistrationState NEW =
            new RegistrationState(null, null, Optional.empty(), 0, null);

    RegistrationState succeeded(Instant now, ApiVersion spoken) {
        return new RegistrationState(now, spoken, Optional.empty(), 0, nextAttemptAt);
    }

    RegistrationState failed(RegistrarException e) {
        var what = new Failure(e.kind(), e.reason());
        return new RegistrationState(
                registeredAt, version, Optional.of(what), failures + 1, nextAttemptAt);
    }

    RegistrationState next(Instant at) {
        return new RegistrationState(registeredAt, version, failure, failures, at);
    }

    boolean isRegistered() {
        return registeredAt != null;
    }
}
