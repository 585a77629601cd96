// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

/**
 * Something an operator should hear of once.
 *
 * @param kind which of them
 * @param text with facts and what it means
 */
public record Notice(Kind kind, String text) {
    /** What happened. */
    public enum Kind {
        /** The list no longer begins where it did; what was cut off is in the spool. */
        TRIMMED,
        /** It is another list now; it is followed from its first entry. */
        REPLACED,
        /** The spool of an earlier run goes on. */
        RESUMED,
        /** The spool of an earlier run was of no use. */
        REBUILT,
        /** The spool can take no more. */
        SPOOL_STOPPED,
        /** The spool holds everything again. */
        SPOOL_RECOVERED
    }
}
