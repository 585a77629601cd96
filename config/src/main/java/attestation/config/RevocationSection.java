// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.PayloadKeys;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is done at a revocation message.
 *
 * @param payloadActions whether a payload may bring actions
 * @param actions plain file names, run before the payload's
 */
public record RevocationSection(
        boolean payloadActions,
        Path certificate,
        List<String> actions,
        Path actionsDir,
        Duration actionTimeout) {
    public RevocationSection {
        PayloadKeys.REVOCATION_ACTIONS.require(actions);
        PayloadKeys.REVOCATION_ACTIONS_DIR.require(actionsDir);
        PayloadKeys.ACTION_TIMEOUT_S.require(Math.toIntExact(actionTimeout.toSeconds()));
        actions = List.copyOf(actions);
    }

    static RevocationSection of(Values values) {
        return new RevocationSection(
                values.get(PayloadKeys.ALLOW_PAYLOAD_REVOCATION_ACTIONS),
                values.get(PayloadKeys.REVOCATION_CERT),
                values.get(PayloadKeys.REVOCATION_ACTIONS),
                values.get(PayloadKeys.REVOCATION_ACTIONS_DIR),
                Duration.ofSeconds(values.get(PayloadKeys.ACTION_TIMEOUT_S)));
    }
}
