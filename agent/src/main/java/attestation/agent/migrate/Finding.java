// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

/** One thing that an operator should know before the agents are exchanged. */
public record Finding(Level level, String text) {
    /** What it means for the exchange. */
    public enum Level {
        /** Must be changed first. */
        IN_THE_WAY,
        /** Will not be as it was. */
        LOST,
        /** Is good to know. */
        NOTE
    }
}
