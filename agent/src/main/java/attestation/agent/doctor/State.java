// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

/** How a check came out. */
public enum State {
    OK,
    /** It works, but the operator should know. */
    WARNING,
    /** Attestation or the next boot is broken by it. */
    PROBLEM,
    /** What would decide could not be read. */
    UNKNOWN
}
