// SPDX-License-Identifier: Apache-2.0
/**
 * Every key in one table: name, type, range, default, unit, description. The way in is {@link
 * attestation.config.key.Keys}; parsing, validation, sample file and {@code config show} all come
 * from it.
 */
@NullMarked
package attestation.config.key;

import org.jspecify.annotations.NullMarked;
