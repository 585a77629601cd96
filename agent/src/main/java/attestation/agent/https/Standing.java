// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/** How far a client has come; who came less far makes room first. */
enum Standing {
    /** Only connected. */
    SILENT,
    /** Sent something, which costs it nothing. */
    SPOKE,
    /** Its hello has been answered, the handshake goes on. */
    GREETED,
    /** Let in. */
    PEER
}
