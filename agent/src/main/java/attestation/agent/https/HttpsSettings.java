// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.util.List;

/**
 * How to listen.
 *
 * @param hosts IPv4 or IPv6 addresses or host names, of which all addresses are taken
 * @param port 0 for any free one, the same on all addresses
 * @param mutualTls false serves plain HTTP without any authentication, as Keylime's agent can
 * @param provider which TLS
 * @param eventLoopThreads how many threads move bytes
 * @param limits per client and for all
 */
public record HttpsSettings(
        List<String> hosts,
        int port,
        boolean mutualTls,
        TlsProvider provider,
        int eventLoopThreads,
        HttpLimits limits) {
    public HttpsSettings {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts: none (expected: at least one address)");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
        }
        if (eventLoopThreads < 1 || eventLoopThreads > 64) {
            throw new IllegalArgumentException(
                    "event loop threads: " + eventLoopThreads + " (expected: 1..64)");
        }
    }

    /** Mutual TLS on one address, one event loop, default limits. */
    public static HttpsSettings of(String host, int port) {
        return new HttpsSettings(
                List.of(host), port, true, TlsProvider.AUTO, 1, HttpLimits.defaults());
    }
}
