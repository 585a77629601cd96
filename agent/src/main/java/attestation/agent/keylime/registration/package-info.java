// SPDX-License-Identifier: Apache-2.0
/**
 * Makes this host known to Keylime's registrar and keeps it known: {@link
 * attestation.agent.keylime.registration.RegistrationService} is the way in.
 */
@NullMarked
package attestation.agent.keylime.registration;

import org.jspecify.annotations.NullMarked;
