// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;

import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The firmware's log of what it measured before the operating system ran; parsed, not verified.
 *
 * @param cryptoAgile TCG_PCR_EVENT2 behind a Spec ID header; else SHA-1 only
 * @param algorithms digest size in bytes by TPM_ALG_ID, as the header lists them
 * @param startupLocality from which the TPM was started, when the log says so
 * @param events all of them, the header first
 */
public record EventLog(
        boolean cryptoAgile,
        SequencedMap<Integer, Integer> algorithms,
        OptionalInt startupLocality,
        List<FirmwareEvent> events) {
    /** Longest log that is read; real ones have 10 to 300 KB. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    public EventLog {
        events = List.copyOf(events);
    }

    /**
     * Reads a whole log; an empty one has no events.
     *
     * @throws EventLogException naming event and byte
     */
    public static EventLog parse(byte[] bytes) throws EventLogException {
        return EventLogParser.parse(bytes);
    }

    /**
     * PCR values after all events of a bank: those PCRs the log extends.
     *
     * @throws TpmException.Unsupported when the log has no digests of this bank
     */
    public SortedMap<Integer, byte[]> replay(HashAlgorithm bank) throws TpmException.Unsupported {
        if (!hasBank(bank.tpmId())) {
            throw new TpmException.Unsupported(
                    "firmware event log: no digests of bank " + bank.keylimeName());
        }
        return new Replay(this, bank.tpmId(), bank.newDigest()).values();
    }

    /** Whether there are digests of this TPM_ALG_ID. */
    public boolean hasBank(int algorithm) {
        return algorithms.containsKey(algorithm);
    }

    /**
     * PCRs that do not have the value to which the log comes; one that the log does not extend must
     * have the value it started with.
     *
     * @param algorithm TPM_ALG_ID of the bank, one that {@link #hasBank}
     * @param digest the bank's hash
     * @param values by PCR, as quoted
     */
    public SortedSet<Integer> differing(
            int algorithm, MessageDigest digest, Map<Integer, byte[]> values) {
        return new Replay(this, algorithm, digest).differing(values);
    }
}
