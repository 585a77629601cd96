// SPDX-License-Identifier: Apache-2.0
/**
 * Takes a host over from Keylime's agent and gives it back: identity files, configuration, service.
 * {@link attestation.agent.migrate.Migration} is the way in. Runs as root, on files that another
 * user could write until now: nothing is followed that is a link.
 */
@NullMarked
package attestation.agent.migrate;

import org.jspecify.annotations.NullMarked;
