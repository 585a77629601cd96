// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.nio.file.Path;
import java.util.List;

/** By dracut's {@code lsinitrd}, which knows how images are packed. */
final class LsinitrdCommand implements Initramfs {
    @Override
    public Reading modules(Path image) {
        return CommandOutput.ofSuccess(List.of("lsinitrd", "-m", image.toString()));
    }
}
