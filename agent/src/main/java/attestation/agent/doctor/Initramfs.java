// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.nio.file.Path;

/** What an image of the next boot holds. */
@FunctionalInterface
public interface Initramfs {
    /** Names of dracut's modules in this image, one a line, after dracut's own heading. */
    Reading modules(Path image);
}
