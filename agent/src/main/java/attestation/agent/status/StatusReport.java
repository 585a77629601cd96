// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole agent at one moment.
 *
 * @param version of the agent
 * @param pid of the daemon
 * @param since when it was started
 * @param at when this was collected
 * @param verdict the worst of the sections'
 * @param reason of the first section that is as bad as the verdict; empty when all is well
 * @param next what to do about it; empty when nothing is known
 * @param sections in the order to show
 */
public record StatusReport(
        String version,
        long pid,
        Instant since,
        Instant at,
        Health verdict,
        String reason,
        String next,
        List<Section> sections) {
    public StatusReport {
        sections = List.copyOf(sections);
    }

    /**
     * Asks all sources. One that throws becomes a failing section of its own: what cannot be told
     * is not well.
     */
    public static StatusReport collect(
            String version, long pid, Instant since, Instant at, List<SectionSource> sources) {
        List<Section> sections = new ArrayList<>();
        for (SectionSource source : sources) {
            sections.add(ask(source));
        }
        Section worst = worst(sections);
        return new StatusReport(
                version, pid, since, at, worst.health(), worst.reason(), worst.next(), sections);
    }

    private static Section ask(SectionSource source) {
        try {
            return source.section();
        } catch (RuntimeException e) {
            return unknown("a part of the agent did not tell its state: " + e);
        }
    }

    private static Section worst(List<Section> sections) {
        Section worst = null;
        for (Section section : sections) {
            if (worst == null || section.health().compareTo(worst.health()) > 0) {
                worst = section;
            }
        }
        return worst == null ? unknown("no part of the agent told its state") : worst;
    }

    private static Section unknown(String reason) {
        return new Section(
                "status",
                "Status",
                Health.FAILING,
                reason,
                "report this as a bug, with the journal of the unit",
                List.of());
    }
}
