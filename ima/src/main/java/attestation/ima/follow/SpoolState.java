// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

/**
 * Whether the spool holds all that was read.
 *
 * <p>Where it does not, the rest is read from the kernel's list again when it is asked for, and the
 * list stays open (unless {@link KeepOpen#NEVER}) so that nothing of it can be trimmed away.
 *
 * @param kind what it is
 * @param reason for people; empty when all is well
 */
public record SpoolState(Kind kind, String reason) {
    /** What became of the spool. */
    public enum Kind {
        /** It holds everything. */
        COMPLETE,
        /** It has reached its cap. */
        CAPPED,
        /** It could not be written; tried again every half minute. */
        FAILED
    }

    static final SpoolState COMPLETE = new SpoolState(Kind.COMPLETE, "");
}
