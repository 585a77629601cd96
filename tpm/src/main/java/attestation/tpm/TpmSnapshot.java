// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state of a TPM and its queue at one moment.
 *
 * @param connected whether the last thing the TPM thread did with the connection worked
 * @param address as configured
 * @param lastFailure the last error of the connection or of loading the AK, also when it is over
 * @param refusing why the TPM, although it answers, does not work for us now
 * @param reconnects how often the connection was made anew
 * @param queueLength requests that wait now
 * @param queueLimit how many may wait in each lane
 * @param waits how long requests of the last minute waited for their turn
 * @param commands answered commands by TCG name, since the start
 * @param errors of those the refused ones, by command and TPM_RC
 * @param akLoaded whether the attestation key is loaded
 * @param discarded answers that came when nobody waited any more
 * @param clock the TPM's clock as last seen
 * @param resets resets and restarts seen since the start, at most the last 32
 * @param manufacturer four letters; empty when not known yet
 * @param model vendor string
 * @param firmware version as four numbers
 */
public record TpmSnapshot(
        boolean connected,
        String address,
        Optional<Failure> lastFailure,
        Optional<Refusal> refusing,
        long reconnects,
        int queueLength,
        int queueLimit,
        Waits waits,
        SortedMap<String, Long> commands,
        Map<String, Map<String, Long>> errors,
        boolean akLoaded,
        long discarded,
        Optional<ClockInfo> clock,
        List<Reset> resets,
        String manufacturer,
        String model,
        String firmware) {

    public TpmSnapshot {
        commands = Collections.unmodifiableSortedMap(new TreeMap<>(commands));
        errors = Map.copyOf(errors);
    }

    /** Something that went wrong, and when. */
    public record Failure(Instant when, String reason) {}

    /**
     * Failure mode or lockout.
     *
     * @param since when it was first met
     * @param failureMode the TPM answers nothing any more; else it is in lockout
     */
    public record Refusal(Instant since, boolean failureMode, String reason) {}

    /**
     * Waiting of the last minute.
     *
     * @param requests how many got their turn
     */
    public record Waits(long requests, double meanMillis, double maxMillis) {}

    /**
     * A change of the TPM's counters.
     *
     * @param when it was noticed
     * @param reset a reset (reboot); else a restart or resume
     */
    public record Reset(Instant when, boolean reset, int resetCount, int restartCount) {}
}
