// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.agent.status.SectionBuilder;
import attestation.agent.status.SectionSource;
import attestation.tpm.ClockInfo;
import attestation.tpm.Tpm;
import attestation.tpm.TpmSnapshot;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Publishes the TPM's state and its queue. */
public final class TpmSection implements SectionSource {
    private static final String DEVICE = "device:";
    private static final String FAILURE_MODE =
            "power the host off and on, a reboot alone may not reset the TPM; if it comes back,"
                    + " the TPM, its firmware or, of a virtual one, its state needs repair; it is"
                    + " tried again by itself";
    private static final String LOCKOUT =
            "find who sends the TPM wrong passwords, or why the host loses power, then wait or"
                    + " clear the lockout; it is tried again by itself";

    private static final String AK_REFUSED =
            "it is tried again by itself; where that does not help, bring the former TPM or state"
                    + " directory back, or stop the agent, agent identity reset, and enrol anew";

    private final Tpm tpm;

    public TpmSection(Tpm tpm) {
        this.tpm = tpm;
    }

    @Override
    public Section section() {
        TpmSnapshot s = tpm.snapshot();
        SectionBuilder section =
                new SectionBuilder("tpm", "TPM")
                        .field("address", "address", s.address())
                        .field("connected", "connected", s.connected())
                        .field("manufacturer", "manufacturer", s.manufacturer())
                        .field("model", "model", s.model())
                        .field("firmware", "firmware", s.firmware())
                        .field("ak_loaded", "AK loaded", s.akLoaded())
                        .field("queue_length", "waiting requests", (long) s.queueLength())
                        .field("queue_limit", "limit of waiting requests", (long) s.queueLimit())
                        .field("wait_mean_ms", "mean wait, ms", s.waits().meanMillis())
                        .field("wait_max_ms", "longest wait, ms", s.waits().maxMillis())
                        .field("reconnects", "reconnects", s.reconnects())
                        .field("discarded_answers", "late answers discarded", s.discarded())
                        .field("commands", "commands", counts(s.commands()))
                        .field("errors", "errors", errors(s.errors()));
        s.clock().ifPresent(clock -> clock(section, clock));
        if (!s.resets().isEmpty()) {
            section.field("last_reset", "last reset seen", text(s.resets().getLast()));
        }
        s.lastFailure()
                .ifPresent(
                        f ->
                                section.field(
                                        "last_failure",
                                        "last failure",
                                        f.when() + " " + f.reason()));
        report(section, s);
        return section.build();
    }

    private static void clock(SectionBuilder section, ClockInfo clock) {
        section.field("reset_count", "resets", Integer.toUnsignedLong(clock.resetCount()))
                .field(
                        "restart_count",
                        "restarts since",
                        Integer.toUnsignedLong(clock.restartCount()))
                .field("clock_safe", "clock safe", clock.safe());
    }

    private static String text(TpmSnapshot.Reset reset) {
        return reset.when()
                + (reset.reset() ? " reset (reboot or power loss)" : " restart or resume")
                + ", now "
                + Integer.toUnsignedString(reset.resetCount())
                + " resets, "
                + Integer.toUnsignedString(reset.restartCount())
                + " restarts";
    }

    private static List<String> counts(SortedMap<String, Long> commands) {
        return commands.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
    }

    private static List<String> errors(Map<String, Map<String, Long>> errors) {
        return new TreeMap<>(errors)
                .entrySet().stream()
                        .map(e -> e.getKey() + " " + new TreeMap<>(e.getValue()))
                        .toList();
    }

    private static void report(SectionBuilder section, TpmSnapshot s) {
        String reason = s.lastFailure().map(TpmSnapshot.Failure::reason).orElse("not reached yet");
        if (isGone(s.address())) {
            section.report(
                    Health.FAILING,
                    "TPM " + s.address() + ": the device is gone",
                    "bind the TPM's driver again, see the kernel log; IMA extends the TPM again after a reboot only");
        } else if (!s.connected()) {
            section.report(
                    Health.FAILING,
                    "TPM " + s.address() + ": " + reason,
                    "check that the device is there and that the agent is in group tss; it is tried again by itself");
        } else if (s.refusing().isPresent()) {
            TpmSnapshot.Refusal refusal = s.refusing().get();
            section.report(
                    Health.FAILING,
                    "since " + refusal.since() + " " + refusal.reason(),
                    refusal.failureMode() ? FAILURE_MODE : LOCKOUT);
        } else if (!s.akLoaded() && s.lastFailure().isPresent()) {
            section.report(Health.FAILING, "the AK is not loaded: " + reason, AK_REFUSED);
        } else if (!s.akLoaded()) {
            section.report(
                    Health.FAILING, "the AK is not loaded yet", "it is tried again by itself");
        }
    }

    /** An open descriptor does not tell, and nobody may be asking for a quote. */
    private static boolean isGone(String address) {
        return address.startsWith(DEVICE)
                && Files.notExists(Path.of(address.substring(DEVICE.length())));
    }
}
