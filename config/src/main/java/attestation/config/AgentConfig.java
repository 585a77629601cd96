// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.HttpsKeys;
import attestation.config.key.PayloadKeys;

/** The whole configuration: every value legal, and all of them fitting together. Immutable. */
public record AgentConfig(
        AgentSection agent,
        HttpsSection https,
        TpmSection tpm,
        ImaSection ima,
        StatusSection status,
        MetricsSection metrics,
        RegistrarSection registrar,
        PayloadSection payload,
        LogSection log) {
    public AgentConfig {
        new Rules()
                .require(
                        https.mutualTls()
                                || payload.insecure()
                                || !payload.enabled()
                                || payload.script().isEmpty(),
                        "not empty while mutual TLS is off (expected: mutual_tls = true, or script"
                                + " = \"\", or enable_insecure_payload = true)",
                        PayloadKeys.SCRIPT,
                        PayloadKeys.ENABLED,
                        PayloadKeys.ENABLE_INSECURE_PAYLOAD,
                        HttpsKeys.MUTUAL_TLS)
                .enforce();
    }

    /** Whether payloads are unpacked and their scripts run. */
    public boolean takesPayloads() {
        return payload.enabled() && (https.mutualTls() || payload.insecure());
    }
}
