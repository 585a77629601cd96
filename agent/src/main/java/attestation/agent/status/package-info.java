// SPDX-License-Identifier: Apache-2.0
/**
 * The unix socket, and the sections that every owner publishes. {@link
 * attestation.agent.status.StatusServer} is the daemon's way in, {@link
 * attestation.agent.status.StatusClient} the command's.
 */
package attestation.agent.status;
