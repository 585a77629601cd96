// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

/** What a verification comes to. */
public enum Verdict {
    /** Every check passed, signed by an AK that the caller trusts. */
    VERIFIED(0),
    /** At least one check failed. */
    REFUTED(1),
    /** Nothing failed, but the evidence or the trust to judge it was missing. */
    UNDECIDED(2);

    private final int exitCode;

    Verdict(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The exit code of the command. */
    public int exitCode() {
        return exitCode;
    }
}
