// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.fixtures.HouseRules;
import attestation.fixtures.Imports;

import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void tpm_keepsTssInOneRoom() {
        HouseRules.tpm(Imports.ofModuleOf(Tpm.class));
    }
}
