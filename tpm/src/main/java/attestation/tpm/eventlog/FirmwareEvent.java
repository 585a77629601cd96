// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * One TCG_PCR_EVENT or TCG_PCR_EVENT2 (PC Client Platform Firmware Profile §10.2), unverified.
 *
 * @param number counted from 0, the header included
 * @param pcr PCR it was extended to; for EV_NO_ACTION perhaps none, then beyond 23
 * @param type TCG_EVENTTYPE
 * @param digests by TPM_ALG_ID, in the log's order
 * @param data as logged
 */
public record FirmwareEvent(
        int number, long pcr, long type, SequencedMap<Integer, byte[]> digests, byte[] data) {
    /** Events that only inform and are not extended. */
    public static final long EV_NO_ACTION = 3;

    public FirmwareEvent {
        digests = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(digests));
    }

    /** Whether it was extended to its PCR. */
    public boolean extended() {
        return type != EV_NO_ACTION;
    }

    /** TCG name of the type, for example {@code EV_SEPARATOR}. */
    public String typeName() {
        return EventTypes.name(type);
    }

    /** The data for people: one line, escaped, bounded. */
    public String summary() {
        return EventSummary.of(this);
    }
}
