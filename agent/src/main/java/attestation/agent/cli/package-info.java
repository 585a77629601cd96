// SPDX-License-Identifier: Apache-2.0
/**
 * The one command; {@link attestation.agent.cli.Main} is the way in, and what the daemon provides
 * comes through {@link attestation.agent.cli.Hooks}. Nothing else knows picocli, and {@code agent
 * run} starts without it.
 */
package attestation.agent.cli;
