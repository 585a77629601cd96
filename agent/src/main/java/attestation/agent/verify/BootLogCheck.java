// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import attestation.tpm.eventlog.EventLog;
import attestation.tpm.eventlog.EventLogException;

import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds the firmware's log against the quoted PCRs of their bank: what it says was extended must
 * come to their values. Its digests are proven by that, what it says beside them is not.
 */
final class BootLogCheck {
    /** PCRs that nobody extends once the system runs; 10 is IMA's. */
    private static final Set<Integer> FIRMWARE = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14);

    /** PCRs that a running system extends too: systemd measures phases, users and volumes. */
    private static final Set<Integer> SHARED = Set.of(11, 12, 13, 15);

    private final PcrBlob pcrs;
    private final Findings findings;

    BootLogCheck(PcrBlob pcrs, Findings findings) {
        this.pcrs = pcrs;
        this.findings = findings;
    }

    /**
     * Judges a log that came.
     *
     * @throws RefutedException when it is none, or contradicts a PCR that is firmware's alone
     */
    void check(byte[] bytes) throws RefutedException {
        String hash = HexFormat.of().formatHex(HashAlg.SHA256.hash(bytes));
        findings.fact("boot_log_sha256", hash);
        Map<Integer, byte[]> firmware = quoted(FIRMWARE);
        Map<Integer, byte[]> shared = quoted(SHARED);
        if (firmware.isEmpty() && shared.isEmpty()) {
            findings.note(
                    bytes.length + " bytes, not verified: no PCR of it was quoted, sha256 " + hash);
        } else if (bytes.length == 0) {
            findings.note("empty: the quoted PCRs are proven, how they came about is not told");
        } else {
            compare(parse(bytes), firmware, shared);
        }
    }

    /** Said when a log was to be expected. */
    void none() {
        if (pcrs.selection().has(0)) {
            findings.enter("boot-log");
            findings.note("none came: this host has none, or the agent may not read it");
        }
    }

    private Map<Integer, byte[]> quoted(Set<Integer> of) {
        Map<Integer, byte[]> values = new TreeMap<>(pcrs.values());
        values.keySet().retainAll(of);
        return values;
    }

    private static EventLog parse(byte[] bytes) throws RefutedException {
        try {
            return EventLog.parse(bytes);
        } catch (EventLogException e) {
            throw new RefutedException(Printable.text(String.valueOf(e.getMessage())));
        }
    }

    private void compare(EventLog log, Map<Integer, byte[]> firmware, Map<Integer, byte[]> shared)
            throws RefutedException {
        HashAlg bank = pcrs.selection().bank();
        findings.fact("boot_log_events", (long) log.events().size());
        if (!log.hasBank(bank.tpmId())) {
            findings.undecided(
                    "no digests of bank " + bank.text() + " in it: nothing of it is proven");
            return;
        }
        Set<Integer> contradicted = differing(log, firmware);
        if (!contradicted.isEmpty()) {
            findings.fact("boot_log_differs", text(contradicted));
            throw new RefutedException(
                    "firmware log of "
                            + log.events().size()
                            + " events, replayed to PCRs of bank "
                            + bank.text(),
                    "other values in PCR " + text(contradicted),
                    "the quoted ones: changed, cut, of another boot, or of a virtual machine whose"
                            + " firmware logs not what it measures");
        }
        findings.ok(
                log.events().size()
                        + " events replay to the quoted PCRs "
                        + text(firmware.keySet()));
        said(differing(log, shared));
    }

    private void said(Set<Integer> more) {
        if (!more.isEmpty()) {
            findings.fact("boot_log_differs", text(more));
            findings.undecided(
                    "PCR "
                            + text(more)
                            + ": not what the log comes to; the running system extends it too, so"
                            + " the log is not proven for it; ask without it");
        }
    }

    private Set<Integer> differing(EventLog log, Map<Integer, byte[]> values) {
        HashAlg bank = pcrs.selection().bank();
        return log.differing(bank.tpmId(), bank.newDigest(), values);
    }

    private static String text(Set<Integer> pcrs) {
        return String.join(",", pcrs.stream().map(String::valueOf).toList());
    }
}
