// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

/**
 * How the following goes.
 *
 * @param kind what it is
 * @param reason for people; empty when all is well
 */
public record FollowState(Kind kind, String reason) {
    /** What the follower is at. */
    public enum Kind {
        /** Nothing was drained yet. */
        NEW,
        /** The spool of an earlier run of this boot is being checked. */
        RESUMING,
        /** All is well. */
        FOLLOWING,
        /** There is no list. */
        ABSENT,
        /** There is one that may not or cannot be read. */
        UNREADABLE,
        /** Somebody is trimming it (EBUSY); it is tried again with the next drain. */
        BUSY,
        /** It holds something that is not an entry; nothing behind that was read. */
        BROKEN
    }

    static FollowState of(Kind kind) {
        return new FollowState(kind, "");
    }
}
