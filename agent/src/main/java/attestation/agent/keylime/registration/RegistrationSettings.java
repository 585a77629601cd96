// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.keylime.wire.ApiVersions;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * What is registered, where, and how patiently.
 *
 * @param contactIp address or name under which servers reach this host
 * @param serverCertificate the served certificate as PEM, or {@code disabled} without mutual TLS;
 *     asked at each attempt, so that a reloaded one is registered
 * @param versions API versions that may be spoken
 */
public record RegistrationSettings(
        String agentId,
        String contactIp,
        int contactPort,
        Supplier<String> serverCertificate,
        ApiVersions versions,
        RegistrarAddress registrar,
        Pace pace) {
    /**
     * Waiting times.
     *
     * @param firstRetry after the first failure; doubled after each further one
     * @param longestRetry at most so long between two attempts that may succeed by themselves
     * @param refusedRetry after a refusal that needs a person
     * @param renewal between two registrations of a host that is polled
     * @param silentRenewal the same while no verifier asks
     */
    public record Pace(
            Duration firstRetry,
            Duration longestRetry,
            Duration refusedRetry,
            Duration renewal,
            Duration silentRenewal) {
        /**
         * Keylime's first and longest delay; renewed once an hour, every ten minutes in silence.
         */
        public static Pace of(Duration firstRetry, Duration longestRetry) {
            return new Pace(
                    firstRetry,
                    longestRetry,
                    Duration.ofHours(1),
                    Duration.ofHours(1),
                    Duration.ofMinutes(10));
        }
    }
}
