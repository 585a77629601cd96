// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

/**
 * What a check found.
 *
 * @param evidence what was seen, with its value
 * @param repair the exact command or step that repairs it here; empty when there is nothing to do
 */
public record Finding(State state, String evidence, String repair) {
    private static final int MOST = 1000;

    public Finding {
        evidence = printable(evidence);
        repair = printable(repair);
    }

    /** Both hold what files say, which anyone may have written: no controls, no end of text. */
    private static String printable(String text) {
        String bounded = text.length() > MOST ? text.substring(0, MOST) + "…" : text;
        return bounded.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }

    static Finding ok(String evidence) {
        return new Finding(State.OK, evidence, "");
    }

    static Finding warning(String evidence, String repair) {
        return new Finding(State.WARNING, evidence, repair);
    }

    static Finding problem(String evidence, String repair) {
        return new Finding(State.PROBLEM, evidence, repair);
    }

    /** What could not be read, and how it can be. */
    static Finding unknown(String evidence, String repair) {
        return new Finding(State.UNKNOWN, evidence, repair);
    }
}
