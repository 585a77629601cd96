// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

/**
 * What the command needs of the daemon; given to {@link Main} so that the start path of {@code
 * agent run} loads nothing else, and tests need no daemon.
 */
public record Hooks(DaemonLauncher daemon, StatusSource status, IdentitySource identity) {}
