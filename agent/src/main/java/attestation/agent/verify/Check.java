// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

/**
 * One finding.
 *
 * @param name stable machine name, for example {@code signature}
 * @param result what came out
 * @param text for people: what was found, for a failure also what was expected
 */
public record Check(String name, Result result, String text) {
    /** Outcome of one check. */
    public enum Result {
        /** Holds. */
        OK("ok"),
        /** Does not hold: the evidence is refuted. */
        FAILED("FAILED"),
        /** Could not be decided, so nothing can be called verified. */
        UNDECIDED("unsure"),
        /** Said for information, not checked. */
        NOTE("note");

        private final String word;

        Result(String word) {
            this.word = word;
        }

        /** As shown to people. */
        public String word() {
            return word;
        }
    }
}
