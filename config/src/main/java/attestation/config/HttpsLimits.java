// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.HttpsKeys;

import java.time.Duration;

/**
 * What a client may use up.
 *
 * @param requestTimeout from a complete request to the begin of its answer
 * @param stopTimeout for requests in flight when the agent is stopped
 */
public record HttpsLimits(
        int maxConnections,
        int maxConnectionsPerPeer,
        Duration handshakeTimeout,
        Duration headTimeout,
        Duration idleTimeout,
        int maxHeadBytes,
        int maxBodyBytes,
        Duration requestTimeout,
        Duration stopTimeout) {
    public HttpsLimits {
        HttpsKeys.MAX_CONNECTIONS.require(maxConnections);
        HttpsKeys.MAX_CONNECTIONS_PER_PEER.require(maxConnectionsPerPeer);
        HttpsKeys.HANDSHAKE_TIMEOUT_MS.require(Math.toIntExact(handshakeTimeout.toMillis()));
        HttpsKeys.HEAD_TIMEOUT_MS.require(Math.toIntExact(headTimeout.toMillis()));
        HttpsKeys.IDLE_TIMEOUT_MS.require(Math.toIntExact(idleTimeout.toMillis()));
        HttpsKeys.MAX_HEAD_BYTES.require(maxHeadBytes);
        HttpsKeys.MAX_BODY_BYTES.require(maxBodyBytes);
        HttpsKeys.REQUEST_TIMEOUT_S.require(Math.toIntExact(requestTimeout.toSeconds()));
        HttpsKeys.STOP_TIMEOUT_S.require(Math.toIntExact(stopTimeout.toSeconds()));
    }

    static HttpsLimits of(Values values) {
        return new HttpsLimits(
                values.get(HttpsKeys.MAX_CONNECTIONS),
                values.get(HttpsKeys.MAX_CONNECTIONS_PER_PEER),
                Duration.ofMillis(values.get(HttpsKeys.HANDSHAKE_TIMEOUT_MS)),
                Duration.ofMillis(values.get(HttpsKeys.HEAD_TIMEOUT_MS)),
                Duration.ofMillis(values.get(HttpsKeys.IDLE_TIMEOUT_MS)),
                values.get(HttpsKeys.MAX_HEAD_BYTES),
                values.get(HttpsKeys.MAX_BODY_BYTES),
                Duration.ofSeconds(values.get(HttpsKeys.REQUEST_TIMEOUT_S)),
                Duration.ofSeconds(values.get(HttpsKeys.STOP_TIMEOUT_S)));
    }
}
