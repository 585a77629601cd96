// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.HttpsKeys;
import attestation.config.value.Secret;

import java.nio.file.Path;

/**
 * Key and certificate of the HTTPS endpoint.
 *
 * @param certificateDays validity of a certificate that the agent makes itself
 */
public record ServerIdentity(Path key, Secret keyPassword, Path certificate, int certificateDays) {
    public ServerIdentity {
        HttpsKeys.CERTIFICATE_DAYS.require(certificateDays);
    }

    static ServerIdentity of(Values values) {
        return new ServerIdentity(
                values.get(HttpsKeys.SERVER_KEY),
                values.get(HttpsKeys.SERVER_KEY_PASSWORD),
                values.get(HttpsKeys.SERVER_CERT),
                values.get(HttpsKeys.CERTIFICATE_DAYS));
    }
}
