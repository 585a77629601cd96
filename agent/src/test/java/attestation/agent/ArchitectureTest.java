// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.fixtures.HouseRules;
import attestation.fixtures.Imports;

import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void agent_keepsItsWalls() {
        HouseRules.agent(Imports.ofModuleOf(Daemon.class));
    }
}
