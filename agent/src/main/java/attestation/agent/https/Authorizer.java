// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/**
 * Decides what a peer, whose certificate is already verified, may do. Thread-safe, never blocks;
 * asked anew for each request, so that a reload takes effect on open connections.
 */
@FunctionalInterface
public interface Authorizer {
    /** Whether this peer has this right. */
    boolean allows(Peer peer, Right right);

    /** Every client of the configured CAs may do everything, as with Keylime's own agent. */
    static Authorizer everyone() {
        return (peer, right) -> true;
    }
}
