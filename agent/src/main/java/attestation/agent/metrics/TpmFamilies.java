// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import static attestation.agent.metrics.Families.PREFIX;

import attestation.tpm.TpmSnapshot;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The TPM and its queue. */
record TpmFamilies(TpmSnapshot tpm) {

    void addTo(Families out) {
        out.gauge(
                PREFIX + "tpm_connected",
                "Whether the TPM answered the last time it was asked.",
                tpm.connected());
        out.gauge(
                PREFIX + "tpm_ak_loaded",
                "Whether the attestation key is loaded in the TPM.",
                tpm.akLoaded());
        out.gauge(
                PREFIX + "tpm_queue_length",
                "Requests that wait for the TPM now.",
                tpm.queueLength());
        out.gauge(
                PREFIX + "tpm_queue_limit",
                "How many requests may wait in each lane.",
                tpm.queueLimit());
        out.counter(
                PREFIX + "tpm_reconnects", "Connections to the TPM made anew.", tpm.reconnects());
        out.counter(
                PREFIX + "tpm_late_answers",
                "Answers of the TPM for which nobody waited any more.",
                tpm.discarded());
        tpm.clock().ifPresent(clock -> resets(out, clock.resetCount(), clock.restartCount()));
        commands(out);
    }

    private static void resets(Families out, int resets, int restarts) {
        out.gauge(
                PREFIX + "tpm_resets",
                "The TPM's own count of resets: reboots and losses of power.",
                Integer.toUnsignedLong(resets));
        out.gauge(
                PREFIX + "tpm_restarts",
                "The TPM's own count of restarts and resumes since the last reset.",
                Integer.toUnsignedLong(restarts));
    }

    private record Refused(String command, String code) {}

    private void commands(Families out) {
        out.counters(
                PREFIX + "tpm_commands",
                "Commands that the TPM answered.",
                tpm.commands(),
                command -> Labels.of("command", command));
        Map<Refused, Long> errors = new LinkedHashMap<>();
        new TreeMap<>(tpm.errors())
                .forEach(
                        (command, codes) ->
                                new TreeMap<>(codes)
                                        .forEach(
                                                (code, count) ->
                                                        errors.put(
                                                                new Refused(command, code),
                                                                count)));
        out.counters(
                PREFIX + "tpm_command_errors",
                "Of those the ones that it refused, by response code.",
                errors,
                refused -> Labels.of("command", refused.command(), "code", refused.code()));
    }
}
