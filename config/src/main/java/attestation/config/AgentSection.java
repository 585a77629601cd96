// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.AgentKeys;
import attestation.config.value.AgentId;

import java.nio.file.Path;
import java.util.List;

/**
 * This host's identity and the agent's place on it.
 *
 * @param stateDir absolute
 * @param apiVersions of Keylime's agent API, oldest first, for example {@code 2.1}; never empty
 * @param runAs {@code user:group}, or empty
 */
public record AgentSection(
        AgentId uuid,
        Path stateDir,
        String contactIp,
        int contactPort,
        List<String> apiVersions,
        String runAs) {
    public AgentSection {
        AgentKeys.STATE_DIR.require(stateDir);
        AgentKeys.CONTACT_IP.require(contactIp);
        AgentKeys.CONTACT_PORT.require(contactPort);
        AgentKeys.API_VERSIONS.require(apiVersions);
        AgentKeys.RUN_AS.require(runAs);
        apiVersions = apiVersions.stream().distinct().sorted().toList();
        new Rules()
                .require(
                        !apiVersions.isEmpty(),
                        "empty (expected: at least one version)",
                        AgentKeys.API_VERSIONS)
                .enforce();
    }

    static AgentSection of(Values values) {
        return new AgentSection(
                values.get(AgentKeys.UUID),
                values.get(AgentKeys.STATE_DIR),
                values.get(AgentKeys.CONTACT_IP),
                values.get(AgentKeys.CONTACT_PORT),
                values.get(AgentKeys.API_VERSIONS),
                values.get(AgentKeys.RUN_AS));
    }
}
