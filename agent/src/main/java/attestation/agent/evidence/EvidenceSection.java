// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.status.Health;
import attestation.agent.status.Latencies;
import attestation.agent.status.Section;
import attestation.agent.status.SectionBuilder;
import attestation.agent.status.SectionSource;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Publishes whether quote and list agree, and what the last quotes took. Thread-safe. */
final class EvidenceSection implements SectionSource {
    private final ListProof proof;
    private final BootLogFile bootLog;
    private final BootLogReplay bootReplay;
    private final Latencies took = new Latencies();
    private final Latencies tpmTook = new Latencies();
    private final Latencies listTook = new Latencies();
    private long served;
    private long failed;
    private long refused;
    private Optional<Instant> last = Optional.empty();
    private Duration lastTook = Duration.ZERO;
    private String lastFailure = "";
    private boolean failing;

    EvidenceSection(ListProof proof, BootLogFile bootLog, BootLogReplay bootReplay) {
        this.proof = proof;
        this.bootLog = bootLog;
        this.bootReplay = bootReplay;
    }

    /**
     * Evidence was handed out.
     *
     * @param whole since the request had come
     * @param tpm of that with the TPM and for its turn
     * @param list of that with the list: what it took to collect beside the TPM
     */
    synchronized void served(Instant when, Duration whole, Duration tpm, Duration list) {
        served++;
        last = Optional.of(when);
        lastTook = whole;
        failing = false;
        took.add(whole);
        tpmTook.add(tpm);
        listTook.add(list);
    }

    /** Quotes in numbers. */
    synchronized QuoteFigures figures() {
        ProofState state = proof.state();
        return new QuoteFigures(
                served,
                failed,
                refused,
                took.snapshot(),
                tpmTook.snapshot(),
                listTook.snapshot(),
                state.matched(),
                Agreement.of(state),
                state.disagreement().map(ProofState.Disagreement::cause));
    }

    /** A request could not be met; what the client did wrong says nothing about this host. */
    synchronized void refused(EvidenceException.Kind kind, Instant when, String reason) {
        switch (kind) {
            case BAD_REQUEST -> refused++;
            case UNAVAILABLE -> {
                failed++;
                lastFailure = when.truncatedTo(ChronoUnit.SECONDS) + " " + reason;
                failing = true;
            }
        }
    }

    @Override
    public synchronized Section section() {
        ProofState state = proof.state();
        SectionBuilder section = new SectionBuilder("evidence", "evidence");
        section.field("quotes_served", "quotes served", served)
                .field("quotes_failed", "quotes failed", failed)
                .field("quotes_refused", "bad requests", refused)
                .field("last_took_ms", "last took, ms", lastTook.toMillis())
                .field("matched_entries", "entries proven by the last quote", state.matched())
                .field("replay_mode", "replay", state.mode().toLowerCase(Locale.ROOT))
                .field("boot_log", "firmware log", bootLog.note())
                .field("boot_log_replay", "firmware log against PCRs", bootReplay.note())
                .field("last_failure", "last failure", lastFailure);
        last.ifPresent(when -> section.time("last_served", "last served", when));
        state.when().ifPresent(w -> section.time("last_compared", "last held against the list", w));
        report(section, state);
        return section.build();
    }

    private void report(SectionBuilder section, ProofState state) {
        state.disagreement()
                .ifPresent(
                        why -> section.report(Health.FAILING, why.words(), why.cause().nextStep()));
        state.uncovered()
                .ifPresent(
                        entry ->
                                section.report(
                                        Health.FAILING,
                                        "measurement list entry "
                                                + entry
                                                + " was never extended into PCR 10",
                                        "the TPM lost an extend, or somebody wrote to the list: see the"
                                                + " kernel log, then reboot"));
        state.padding()
                .ifPresent(words -> section.report(Health.DEGRADED, words, ProofState.UNPADDED));
        if (failing) {
            section.report(
                    Health.DEGRADED,
                    "the last request for evidence failed: " + lastFailure,
                    "see the TPM and list sections");
        }
        if (state.when().isEmpty()) {
            section.report(
                    Health.DEGRADED,
                    "no quote was held against the measurement list yet",
                    "wait a moment; see the TPM and list sections");
        }
    }
}
