// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import attestation.fixtures.HouseRules;
import attestation.fixtures.Imports;

import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void systemd_seesOnlyTheJdkAndJna() {
        HouseRules.systemd(Imports.ofModuleOf(Notifier.class));
    }
}
