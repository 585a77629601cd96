// SPDX-License-Identifier: Apache-2.0
/**
 * Keylime's own configuration, understood option by option. The ways in are {@link
 * attestation.agent.keylime.config.ConfigSource}, which decides whose configuration counts, and the
 * table {@link attestation.agent.keylime.config.KeylimeOptions}.
 */
@NullMarked
package attestation.agent.keylime.config;

import org.jspecify.annotations.NullMarked;
