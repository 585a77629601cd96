// SPDX-License-Identifier: Apache-2.0
package attestation.config;

/** Something that an operator should know but that does not keep the agent from starting. */
public record Notice(Level level, Origin origin, String text) {
    /** How much it matters. */
    public enum Level {
        INFO,
        WARNING
    }

    @Override
    public String toString() {
        return text + " [" + origin + "]";
    }
}
