// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.HostFiles;
import attestation.agent.integrity.Reading;

/**
 * Messages that were recorded with a tree, in {@code journal/kernel} and {@code journal/manager}.
 */
public record RecordedJournal(HostFiles files) implements Journal {
    @Override
    public Reading kernel() {
        return files.read("/journal/kernel");
    }

    @Override
    public Reading manager() {
        return files.read("/journal/manager");
    }
}
