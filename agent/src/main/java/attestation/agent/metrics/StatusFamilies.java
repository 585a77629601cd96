// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import static attestation.agent.metrics.Families.PREFIX;

import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.agent.status.StatusReport;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.LinkedHashMap;
import java.util.Map;

/** What agent status says at its head. */
record StatusFamilies(StatusReport report) {
    private static final String LEVELS = "0 ok, 1 degraded, 2 failing";

    void addTo(Families out) {
        out.info(
                "attestation_agent",
                "The agent that answers.",
                Labels.of("version", report.version()));
        out.gauge(
                PREFIX + "verdict",
                "What agent status says: " + LEVELS + ".",
                level(report.verdict()));
        Map<String, Integer> sections = new LinkedHashMap<>();
        for (Section section : report.sections()) {
            sections.merge(section.name(), level(section.health()), Math::max);
        }
        out.gauges(
                PREFIX + "section_health",
                "What it says of its parts: " + LEVELS + ".",
                sections,
                section -> Labels.of("section", section));
    }

    private static int level(Health health) {
        return switch (health) {
            case OK -> 0;
            case DEGRADED -> 1;
            case FAILING -> 2;
        };
    }
}
