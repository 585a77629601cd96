// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.Limits;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Running counts of one list; of template names at most 64 are told apart. */
final class Tally {
    private static final int MAX_TEMPLATES = 64;
    private static final String OTHERS = "(others)";

    private final Map<String, Long> templates = new TreeMap<>();
    private final long[] pcrs = new long[Limits.MAX_PCR + 1];
    private long violations;
    private long bootAggregates;
    private @Nullable Instant first;
    private @Nullable Instant last;

    void add(Entry entry) {
        String name = entry.templateName();
        boolean known = templates.containsKey(name) || templates.size() < MAX_TEMPLATES;
        templates.merge(known ? name : OTHERS, 1L, Long::sum);
        pcrs[entry.pcr()]++;
        violations += entry.violation() ? 1 : 0;
        bootAggregates += entry.isBootAggregate() ? 1 : 0;
    }

    void grewAt(Instant now) {
        first = first == null ? now : first;
        last = now;
    }

    long violations() {
        return violations;
    }

    long bootAggregates() {
        return bootAggregates;
    }

    Map<String, Long> templates() {
        return Map.copyOf(templates);
    }

    SortedMap<Integer, Long> pcrs() {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        for (int pcr = 0; pcr < pcrs.length; pcr++) {
            if (pcrs[pcr] > 0) {
                counts.put(pcr, pcrs[pcr]);
            }
        }
        return java.util.Collections.unmodifiableSortedMap(counts);
    }

    Optional<Instant> firstEntry() {
        return Optional.ofNullable(first);
    }

    Optional<Instant> lastGrowth() {
        return Optional.ofNullable(last);
    }
}
