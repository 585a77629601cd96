// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon: {@link attestation.agent.Agent} builds the services, {@link
 * attestation.agent.Supervisor} runs them.
 */
package attestation.agent;
