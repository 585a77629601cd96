// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The list in numbers; immutable.
 *
 * @param entries entries since boot, as far as known
 * @param lines the same counted by newlines
 * @param violations entries that say a measurement cannot be relied on
 * @param bootAggregates entries of that name: 1, and one more for each kexec that carried the list
 *     over
 * @param templates entries by template name; untrusted text
 * @param pcrs entries by PCR
 * @param firstEntry when the first entry was read
 * @param lastGrowth when the newest was
 * @param listBytes size of the list as text
 * @param spoolBytes how much of it the spool holds
 * @param trimmed entries that are no longer in the kernel's list
 * @param state how the following goes
 * @param spool how the spool is
 */
public record ListStatistics(
        long entries,
        long lines,
        long violations,
        long bootAggregates,
        Map<String, Long> templates,
        SortedMap<Integer, Long> pcrs,
        Optional<Instant> firstEntry,
        Optional<Instant> lastGrowth,
        long listBytes,
        long spoolBytes,
        long trimmed,
        FollowState state,
        SpoolState spool) {}
