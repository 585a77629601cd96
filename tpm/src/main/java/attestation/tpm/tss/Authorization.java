// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

/** One entry of a command's authorization area (Part 1 §18.6). */
sealed interface Authorization permits Authorization.Empty, Authorization.Policy, HmacSession {
    /** The empty password; the only one that ever goes over the bus in clear. */
    record Empty() implements Authorization {}

    /** A policy session that needs no authorization value. */
    record Policy(int handle) implements Authorization {}

    /** The empty password. */
    Authorization EMPTY = new Empty();
}
