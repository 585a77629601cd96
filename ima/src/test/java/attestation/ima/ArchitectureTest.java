// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import attestation.fixtures.HouseRules;
import attestation.fixtures.Imports;

import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void ima_seesOnlyTheJdk() {
        HouseRules.ima(Imports.ofModuleOf(Entry.class));
    }
}
