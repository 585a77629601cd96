// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * The other end of a connection.
 *
 * @param address as text for log lines, for example {@code 192.0.2.7:40312}
 * @param certificate the verified client certificate; empty only where mutual TLS is off
 */
public record Peer(String address, Optional<X509Certificate> certificate) {}
