// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.HttpsKeys;
import attestation.config.value.AllowRule;

import java.nio.file.Path;
import java.util.List;

/**
 * The endpoint that verifiers ask.
 *
 * @param ip address or host name; a name means all its addresses
 * @param port 0 for any free one
 * @param mutualTls false: plain HTTP without any authentication
 * @param allow empty: every client of the trusted CAs has every right
 */
public record HttpsSection(
        String ip,
        int port,
        boolean mutualTls,
        ServerIdentity identity,
        List<Path> trustedClientCa,
        List<AllowRule> allow,
        HttpsLimits limits) {
    public HttpsSection {
        HttpsKeys.IP.require(ip);
        HttpsKeys.PORT.require(port);
        trustedClientCa = List.copyOf(trustedClientCa);
        allow = List.copyOf(allow);
        new Rules()
                .require(
                        !mutualTls || !trustedClientCa.isEmpty(),
                        "empty (expected: at least one file while mutual TLS is on)",
                        HttpsKeys.TRUSTED_CLIENT_CA,
                        HttpsKeys.MUTUAL_TLS)
                .require(
                        mutualTls || allow.isEmpty(),
                        "rules without mutual TLS (expected: none, since no client is known then)",
                        HttpsKeys.ALLOW,
                        HttpsKeys.MUTUAL_TLS)
                .require(
                        allow.stream().map(AllowRule::client).distinct().count() == allow.size(),
                        "a client stands in two rules (expected: one rule with all its rights)",
                        HttpsKeys.ALLOW)
                .enforce();
    }

    static HttpsSection of(Values values) {
        return new HttpsSection(
                values.get(HttpsKeys.IP),
                values.get(HttpsKeys.PORT),
                values.get(HttpsKeys.MUTUAL_TLS),
                ServerIdentity.of(values),
                values.get(HttpsKeys.TRUSTED_CLIENT_CA),
                values.get(HttpsKeys.ALLOW),
                HttpsLimits.of(values));
    }
}
