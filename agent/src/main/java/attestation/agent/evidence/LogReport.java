// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.Notice;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the following of the list goes.
 *
 * @param statistics as of the last drain
 * @param counted whether the kernel's count of entries could be read
 * @param shrunkTo what the kernel counts, where that is less than what was read before
 * @param replaced what became of the list, while no quote has agreed with the new one
 * @param event what happened last, if anything did
 */
record LogReport(
        ListStatistics statistics,
        boolean counted,
        OptionalLong shrunkTo,
        Optional<String> replaced,
        Optional<Event> event) {
    /** Something that an operator should know of. */
    record Event(Instant when, Notice notice) {}
}
