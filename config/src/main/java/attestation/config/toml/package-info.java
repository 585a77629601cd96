// SPDX-License-Identifier: Apache-2.0
/**
 * Reads one TOML file into settings that know their line; the way in is {@link
 * attestation.config.toml.TomlFile}.
 */
@NullMarked
package attestation.config.toml;

import org.jspecify.annotations.NullMarked;
