// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

/** How the last quote over PCR 10 and the list go together. */
public enum Agreement {
    /** The quote speaks of a prefix of the list. */
    AGREES,
    /** It does, but an entry listed before several quotes is covered by none. */
    UNCOVERED,
    /** It speaks of no prefix. */
    DISAGREES,
    /** No quote was held against the list yet. */
    UNKNOWN;

    static Agreement of(ProofState state) {
        if (state.when().isEmpty()) {
            return UNKNOWN;
        }
        if (state.disagreement().isPresent()) {
            return DISAGREES;
        }
        return state.uncovered().isPresent() ? UNCOVERED : AGREES;
    }
}
