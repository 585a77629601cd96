// SPDX-License-Identifier: Apache-2.0
/**
 * The Netty endpoint: mutual TLS, limits, framing; hands complete requests to a {@link
 * attestation.agent.https.Handler}. {@link attestation.agent.https.HttpsServer} is the way in, on
 * the network; {@link attestation.agent.https.UnixHttpServer} on a unix socket. It knows no
 * protocol beyond HTTP and does not import {@code attestation.agent.status}.
 */
package attestation.agent.https;
