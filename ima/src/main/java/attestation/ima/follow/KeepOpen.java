// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

/** Whether the list stays open between two drains; an open list keeps others from trimming it. */
public enum KeepOpen {
    /** Open, except where the kernel has staging ({@code …_staged} stands beside the list). */
    AUTO,
    /** Open; a stager gets EBUSY. */
    ALWAYS,
    /** Opened, sought, drained and closed each time. */
    NEVER
}
