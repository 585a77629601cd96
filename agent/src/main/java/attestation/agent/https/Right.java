// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/** What a client may ask for; decided per request by an {@link Authorizer}. */
public enum Right {
    /** Reading evidence and what describes it. */
    QUOTES,
    /** Keys, payload and revocation: what changes this host. */
    KEYS
}
