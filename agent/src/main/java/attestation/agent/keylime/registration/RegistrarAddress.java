// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import java.util.Optional;

import javax.net.ssl.SSLContext;

/**
 * Where the registrar listens.
 *
 * @param host address or name; an IPv6 address may stand in brackets
 * @param tls trusts the registrar's CA; empty for plain HTTP, which is Keylime's default: the
 *     registration proves itself by the TPM
 */
public record RegistrarAddress(String host, int port, Optional<SSLContext> tls) {
    public RegistrarAddress {
        host =
                host.startsWith("[") && host.endsWith("]")
                        ? host.substring(1, host.length() - 1)
                        : host;
    }

    /** As it stands in a Host header and in log lines. */
    public String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
