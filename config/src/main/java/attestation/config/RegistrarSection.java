// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.RegistrarKeys;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Keylime's registrar.
 *
 * @param ip address or host name; empty: this host is not registered
 * @param port without TLS
 * @param tlsPort with TLS
 * @param initialDelay pause after the first failure; doubles up to {@code maxDelay}
 */
public record RegistrarSection(
        String ip,
        int port,
        boolean tls,
        int tlsPort,
        Path tlsCaCert,
        Duration requestTimeout,
        Duration initialDelay,
        Duration maxDelay) {
    public RegistrarSection {
        RegistrarKeys.IP.require(ip);
        RegistrarKeys.PORT.require(port);
        RegistrarKeys.TLS_PORT.require(tlsPort);
        RegistrarKeys.REQUEST_TIMEOUT_MS.require(Math.toIntExact(requestTimeout.toMillis()));
        RegistrarKeys.RETRY_INITIAL_DELAY_MS.require(Math.toIntExact(initialDelay.toMillis()));
        RegistrarKeys.RETRY_MAX_DELAY_MS.require(Math.toIntExact(maxDelay.toMillis()));
        new Rules()
                .require(
                        maxDelay.compareTo(initialDelay) >= 0,
                        maxDelay.toMillis()
                                + " (expected: at least the first delay, "
                                + initialDelay.toMillis()
                                + ")",
                        RegistrarKeys.RETRY_MAX_DELAY_MS,
                        RegistrarKeys.RETRY_INITIAL_DELAY_MS)
                .enforce();
    }

    /** Whether this host is to be registered. */
    public boolean enabled() {
        return !ip.isEmpty();
    }

    static RegistrarSection of(Values values) {
        return new RegistrarSection(
                values.get(RegistrarKeys.IP),
                values.get(RegistrarKeys.PORT),
                values.get(RegistrarKeys.TLS),
                values.get(RegistrarKeys.TLS_PORT),
                values.get(RegistrarKeys.TLS_CA_CERT),
                Duration.ofMillis(values.get(RegistrarKeys.REQUEST_TIMEOUT_MS)),
                Duration.ofMillis(values.get(RegistrarKeys.RETRY_INITIAL_DELAY_MS)),
                Duration.ofMillis(values.get(RegistrarKeys.RETRY_MAX_DELAY_MS)));
    }
}
