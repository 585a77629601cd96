// SPDX-License-Identifier: Apache-2.0
/**
 * The agent's configuration. The ways in are {@link attestation.config.ConfigLoader}, which reads
 * our own TOML files, and {@link attestation.config.Assignments}, with which another format can be
 * mapped; the result is an {@link attestation.config.AgentConfig} whose values are all legal.
 */
@NullMarked
package attestation.config;

import org.jspecify.annotations.NullMarked;
