// SPDX-License-Identifier: Apache-2.0
/** What configuration values mean: identities, rights, secrets. No files, no parsing of TOML. */
@NullMarked
package attestation.config.value;

import org.jspecify.annotations.NullMarked;
