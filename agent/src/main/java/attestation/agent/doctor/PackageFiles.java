// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.util.List;

/** What the packages of a host say of the files that they brought. */
@FunctionalInterface
public interface PackageFiles {
    /**
     * Signatures as the packages' headers hold them (tag FILESIGNATURES).
     *
     * @param files absolute paths; more files of the same packages may be told as well
     * @return a line for each file: its path, {@code |}, and what security.ima shall be, in hex, or
     *     {@code (none)}; other lines say that no package knows a file
     */
    Reading signatures(List<String> files);
}
