// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import static attestation.agent.metrics.Families.PREFIX;

import attestation.agent.evidence.Agreement;
import attestation.agent.evidence.QuoteFigures;
import attestation.agent.keylime.registration.Polls;
import attestation.agent.status.Latencies;
import attestation.ima.follow.FollowState;
import attestation.ima.follow.ListStatistics;
import attestation.ima.match.MismatchCause;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Quotes, the measurement list, and whether they agree. */
record EvidenceFamilies(
        QuoteFigures quotes,
        Latencies.Snapshot sending,
        Optional<ListStatistics> list,
        Optional<Polls.Poll> lastPoll) {

    void addTo(Families out) {
        quotes(out);
        agreement(out);
        list.ifPresent(statistics -> list(out, statistics));
    }

    private void quotes(Families out) {
        Map<String, Long> outcomes = new LinkedHashMap<>();
        outcomes.put("served", quotes.served());
        outcomes.put("unavailable", quotes.failed());
        outcomes.put("bad_request", quotes.refused());
        out.counters(
                PREFIX + "quotes",
                "Requests for quotes by outcome; unavailable is for want of a TPM or a list.",
                outcomes,
                outcome -> Labels.of("outcome", outcome));
        out.histograms(
                PREFIX + "quote_duration_seconds",
                "From the end of a request for a quote until its evidence was there.",
                Map.of("", quotes.took()),
                none -> Labels.EMPTY);
        Map<String, Latencies.Snapshot> stages = new LinkedHashMap<>();
        stages.put("tpm", quotes.tpm());
        stages.put("list", quotes.list());
        stages.put("send", sending);
        out.histograms(
                PREFIX + "quote_stage_duration_seconds",
                "What a quote takes: its turn and its commands at the TPM, reading and replaying the"
                        + " list, sending the answer.",
                stages,
                stage -> Labels.of("stage", stage));
        out.counter(
                PREFIX + "verifier_pulls",
                "Quotes over the list that verifiers were given.",
                lastPoll.map(Polls.Poll::count).orElse(0L));
        out.moment(
                PREFIX + "verifier_last_pull_timestamp_seconds",
                "When a verifier was last given a quote over the list; missing before the first.",
                lastPoll.map(Polls.Poll::at));
    }

    private void agreement(Families out) {
        Map<Agreement, Integer> states = new LinkedHashMap<>();
        for (Agreement state : Agreement.values()) {
            states.put(state, quotes.agreement() == state ? 1 : 0);
        }
        out.gauges(
                PREFIX + "list_agreement",
                "Whether the last quote speaks of a prefix of the list: 1 for the state that holds.",
                states,
                state -> Labels.of("state", lower(state)));
        Map<MismatchCause, Integer> causes = new LinkedHashMap<>();
        for (MismatchCause cause : MismatchCause.values()) {
            causes.put(cause, quotes.cause().filter(cause::equals).isPresent() ? 1 : 0);
        }
        out.gauges(
                PREFIX + "list_disagreement",
                "Why quote and list disagree: 1 for the cause that was found.",
                causes,
                cause -> Labels.of("cause", lower(cause)));
        out.gauge(
                PREFIX + "list_matched_entries",
                "Entries that the last agreeing quote covers.",
                quotes.matched());
    }

    private static void list(Families out, ListStatistics list) {
        out.gauge(
                PREFIX + "list_readable",
                "Whether the measurement list is followed without hindrance.",
                list.state().kind() == FollowState.Kind.FOLLOWING);
        out.gauge(PREFIX + "list_entries", "Entries since boot.", list.entries());
        out.gauge(
                PREFIX + "list_violations",
                "Entries that say a measurement cannot be relied on.",
                list.violations());
        out.gauge(
                PREFIX + "list_boot_aggregates",
                "Entries of that name: one, and one more for each kexec that carried the list over.",
                list.bootAggregates());
        out.gauge(
                PREFIX + "list_trimmed_entries",
                "Entries that are no longer in the kernel's list.",
                list.trimmed());
        out.gauge(PREFIX + "list_size_bytes", "Size of the list as text.", list.listBytes());
        out.gauge(
                PREFIX + "list_spool_size_bytes",
                "How much of the list the spool file holds.",
                list.spoolBytes());
        out.moment(
                PREFIX + "list_last_growth_timestamp_seconds",
                "When the newest entry was read.",
                list.lastGrowth());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
