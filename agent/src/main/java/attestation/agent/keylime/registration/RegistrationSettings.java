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
     * @param renewal between two registrations that go well
     * @param check meanwhile, how often the registrar is asked whether it still knows the host
     * @param exchange of one request, from connecting to the answer's last byte, at most
     */
    public record Pace(
            Duration firstRetry,
            Duration longestRetry,
            Duration refusedRetry,
            Duration renewal,
            Duration check,
            Duration exchange) {
        private static final Duration LEAST_CHECK = Duration.ofSeconds(10);

        /**
         * Keylime's first and longest delay; renewed once an hour, asked for as often as a failure
         * would be tried again.
         */
        public static Pace of(Duration firstRetry, Duration longestRetry, Duration exchange) {
            Duration hour = Duration.ofHours(1);
            Duration check = longestRetry.compareTo(LEAST_CHECK) < 0 ? LEAST_CHECK : longestRetry;
            return new Pace(firstRetry, longestRetry, hour, hour, check, exchange);
        }
    }
}
