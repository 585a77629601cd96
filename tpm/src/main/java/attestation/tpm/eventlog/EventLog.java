// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;

import java.util.List;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.SortedMap;

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
        return Replay.of(this, bank);
    }
}
