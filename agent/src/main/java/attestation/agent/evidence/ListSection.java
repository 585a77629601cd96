// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.agent.status.SectionBuilder;
import attestation.agent.status.SectionSource;
import attestation.ima.Limits;
import attestation.ima.follow.FollowState;
import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.SpoolState;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** Publishes how the following of the measurement list goes. */
final class ListSection implements SectionSource {
    private final LogService log;
    private final Path list;

    ListSection(LogService log, Path list) {
        this.log = log;
        this.list = list;
    }

    @Override
    public Section section() {
        SectionBuilder section = new SectionBuilder("list", "measurement list");
        section.field("path", "list", list.toString());
        log.report()
                .ifPresentOrElse(
                        report -> describe(section, report),
                        () ->
                                section.report(
                                        Health.DEGRADED,
                                        "the measurement list was not looked at yet",
                                        "wait a moment"));
        return section.build();
    }

    private static void describe(SectionBuilder section, LogReport report) {
        ListStatistics s = report.statistics();
        section.field("state", "state", s.state().kind().name().toLowerCase(java.util.Locale.ROOT))
                .field("entries", "entries", s.entries())
                .field("lines", "lines", s.lines())
                .field("violations", "violations", s.violations())
                .field("templates", "templates", counted(s))
                .field(
                        "last_growth",
                        "last growth",
                        s.lastGrowth().map(Object::toString).orElse(""))
                .field("list_bytes", "size in bytes", s.listBytes())
                .field("spool_bytes", "spooled bytes", s.spoolBytes())
                .field("trimmed_entries", "trimmed entries", s.trimmed())
                .field("count_readable", "kernel's count readable", report.counted())
                .field(
                        "last_event",
                        "last event",
                        report.event().map(ListSection::text).orElse(""));
        report(section, s.state());
        report.replaced().ifPresent(what -> replaced(section, what));
        report.shrunkTo().ifPresent(now -> shrunk(section, now, s.entries()));
        extendedNowhere(section, s);
        report(section, s.spool());
    }

    private static String text(LogReport.Event event) {
        return event.when() + " " + event.notice().text();
    }

    private static void replaced(SectionBuilder section, String what) {
        section.report(
                Health.FAILING,
                what,
                "the list of a running kernel is never replaced or cut: find out who did it; this"
                        + " stands until a quote agrees with the new one");
    }

    private static void shrunk(SectionBuilder section, long now, long before) {
        section.report(
                Health.FAILING,
                "the measurement list shrank to "
                        + now
                        + " entries, "
                        + before
                        + " were read before",
                "a kernel's list only grows: find out who wrote over it; what was read is still"
                        + " served");
    }

    private static void extendedNowhere(SectionBuilder section, ListStatistics s) {
        SortedMap<Integer, Long> beyond = s.pcrs().tailMap(Limits.MAX_TPM_PCR + 1);
        long entries = beyond.values().stream().mapToLong(Long::longValue).sum();
        if (entries > 0) {
            section.report(
                    Health.DEGRADED,
                    entries + " entries are of PCR " + beyond.firstKey() + ", which no TPM has",
                    "no quote covers them: give the rule of the IMA policy another pcr=");
        }
    }

    private static List<String> counted(ListStatistics s) {
        return s.templates().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .sorted()
                .toList();
    }

    private static void report(SectionBuilder section, FollowState state) {
        switch (state.kind()) {
            case FOLLOWING -> {}
            case NEW, RESUMING ->
                    section.report(
                            Health.DEGRADED, "the measurement list is still being read", "wait");
            case ABSENT ->
                    section.report(
                            Health.FAILING,
                            state.reason(),
                            "check that the kernel has IMA and securityfs is mounted");
            case UNREADABLE ->
                    section.report(
                            Health.FAILING,
                            state.reason(),
                            "let the agent's group read the list (the unit's ExecStartPre does)");
            case BUSY ->
                    section.report(
                            Health.DEGRADED, state.reason(), "wait until the list was trimmed");
            case BROKEN ->
                    section.report(
                            Health.FAILING,
                            state.reason(),
                            "entries behind it are not served; compare with: agent ima show --live");
        }
    }

    private static void report(SectionBuilder section, SpoolState spool) {
        if (spool.kind() != SpoolState.Kind.COMPLETE) {
            section.report(
                    Health.DEGRADED,
                    spool.reason(),
                    "make room in the state directory or raise ima.spool_cap_mib");
        }
    }
}
