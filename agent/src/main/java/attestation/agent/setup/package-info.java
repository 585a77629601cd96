// SPDX-License-Identifier: Apache-2.0
/**
 * Installs an IMA policy so that this boot and the next take it, and takes it back; {@link
 * attestation.agent.setup.Planner} decides, {@link attestation.agent.setup.Installer} does.
 *
 * <p>What would not boot is refused before anything is changed.
 */
@NullMarked
package attestation.agent.setup;

import org.jspecify.annotations.NullMarked;
