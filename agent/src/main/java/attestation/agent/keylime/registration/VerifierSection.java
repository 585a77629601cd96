// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.status.Section;
import attestation.agent.status.SectionBuilder;
import attestation.agent.status.SectionSource;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Publishes who was given evidence last: when, whom, what it took, how much it was. */
public final class VerifierSection implements SectionSource {
    private final Polls polls;

    public VerifierSection(Polls polls) {
        this.polls = polls;
    }

    @Override
    public Section section() {
        List<Polls.Poll> newest = polls.newest();
        SectionBuilder section = new SectionBuilder("verifier", "verifier");
        section.field(
                "polls_total", "pulls of evidence", polls.last().map(Polls.Poll::count).orElse(0L));
        polls.last()
                .ifPresent(
                        last ->
                                section.field("last_poll_by", "last pull by", last.who())
                                        .time("last_poll_at", "last pull at", last.at()));
        section.field(
                "last_polls", "last pulls", newest.stream().map(VerifierSection::line).toList());
        return section.build();
    }

    private static String line(Polls.Poll poll) {
        return "%s %s: %d ms, %s"
                .formatted(
                        poll.at().truncatedTo(ChronoUnit.SECONDS),
                        poll.who(),
                        poll.took().toMillis(),
                        String.format(Locale.ROOT, "%,d bytes", poll.bytes()));
    }
}
