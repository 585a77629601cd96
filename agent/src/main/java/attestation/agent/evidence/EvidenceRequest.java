// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.host.Deadline;

/**
 * What a verifier asks for.
 *
 * @param nonce qualifying data of the quote, exactly these bytes
 * @param pcrMask bit i selects PCR i, 0..23; PCR 16 is always added
 * @param fromLine first line of the measurement list to send; beyond the end means from 0
 * @param deadline when the answer must have begun
 */
public record EvidenceRequest(byte[] nonce, int pcrMask, long fromLine, Deadline deadline) {
    /** PCR 10, into which the kernel's IMA extends. */
    public static final int IMA_PCR = 10;

    /** Whether the measurement list belongs to the answer. */
    public boolean wantsList() {
        return (pcrMask & 1 << IMA_PCR) != 0;
    }

    /** Whether the firmware log belongs to the answer: PCR 0 is asked for. */
    public boolean wantsBootLog() {
        return (pcrMask & 1) != 0;
    }
}
