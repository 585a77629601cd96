// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.HostFiles;
import attestation.agent.integrity.Reading;

import java.nio.file.Path;
import java.util.List;

/**
 * What programs said when a tree was recorded, in {@code journal/kernel}, {@code journal/manager},
 * {@code journal/initramfs} and {@code journal/packages}.
 */
public record RecordedJournal(HostFiles files) implements Journal, Initramfs, PackageFiles {
    @Override
    public Reading kernel() {
        return files.read("/journal/kernel");
    }

    @Override
    public Reading manager() {
        return files.read("/journal/manager");
    }

    @Override
    public Reading modules(Path image) {
        return files.read("/journal/initramfs");
    }

    @Override
    public Reading signatures(List<String> samples) {
        return files.read("/journal/packages");
    }
}
