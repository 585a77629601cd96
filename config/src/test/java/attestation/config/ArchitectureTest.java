// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.fixtures.HouseRules;
import attestation.fixtures.Imports;

import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void config_seesOnlyTheJdkAndJackson() {
        HouseRules.config(Imports.ofModuleOf(AgentConfig.class));
    }
}
