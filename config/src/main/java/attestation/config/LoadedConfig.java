// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import java.util.List;

/**
 * A configuration that can be used, and what is to be told about it.
 *
 * @param notices to be logged once
 * @param effective the same values as a table with their origins, secrets masked
 */
public record LoadedConfig(AgentConfig config, List<Notice> notices, EffectiveConfig effective) {
    public LoadedConfig {
        notices = List.copyOf(notices);
    }
}
