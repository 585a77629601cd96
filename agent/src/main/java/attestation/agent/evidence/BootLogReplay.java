// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.eventlog.EventLog;
import attestation.tpm.eventlog.EventLogException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says whether the firmware's log replays to PCRs as they were quoted. It is served as it is in
 * either case: some virtual TPMs come with logs that do not, and the verifier judges.
 *
 * <p>Thread-safe.
 */
final class BootLogReplay {
    /** PCRs that nobody extends once the system runs. */
    private static final Set<Integer> FIRMWARE = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14);

    private static final Logger LOG = LoggerFactory.getLogger(BootLogReplay.class);

    private final BootLogFile file;
    private final HashAlgorithm bank;
    private SortedMap<Integer, byte[]> compared = new TreeMap<>();
    private String told = "";

    BootLogReplay(BootLogFile file, HashAlgorithm bank) {
        this.file = file;
        this.bank = bank;
    }

    /** PCRs to quote for {@link #compare}, bit i for PCR i; 0 when there is nothing to compare. */
    int wanted() {
        return file.bytes().isEmpty() || !note().isEmpty()
                ? 0
                : FIRMWARE.stream().mapToInt(pcr -> 1 << pcr).sum();
    }

    /** What came out, for people; empty before anything was compared. */
    synchronized String note() {
        return told;
    }

    /** Compares; quick when these values were compared already. */
    synchronized void compare(SortedMap<Integer, byte[]> quoted) {
        SortedMap<Integer, byte[]> values = new TreeMap<>(quoted);
        values.keySet().retainAll(FIRMWARE);
        if (values.isEmpty() || same(values)) {
            return;
        }
        file.bytes().ifPresent(bytes -> tell(outcome(bytes, values)));
        compared = values;
    }

    private void tell(String outcome) {
        if (!outcome.equals(told)) {
            LOG.info("firmware log compared outcome=\"{}\"", outcome);
        }
        told = outcome;
    }

    private boolean same(Map<Integer, byte[]> values) {
        return values.keySet().equals(compared.keySet())
                && values.keySet().stream()
                        .allMatch(pcr -> Arrays.equals(values.get(pcr), compared.get(pcr)));
    }

    private String outcome(byte[] bytes, Map<Integer, byte[]> values) {
        try {
            EventLog log = EventLog.parse(bytes);
            MessageDigest digest = bank.newDigest();
            if (!log.hasBank(bank.tpmId())) {
                return "has no digests of bank " + bank.keylimeName();
            }
            SortedSet<Integer> differing = log.differing(bank.tpmId(), digest, values);
            return differing.isEmpty()
                    ? "replays to the quoted PCRs " + text(values.keySet())
                    : "does NOT replay to the quoted PCRs "
                            + text(differing)
                            + ": a measured boot policy fails on this host";
        } catch (EventLogException | TpmException.Unsupported e) {
            return "cannot be replayed: " + e.getMessage();
        }
    }

    private static String text(Set<Integer> pcrs) {
        return pcrs.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
