// SPDX-License-Identifier: Apache-2.0
/**
 * The whole procedure of kernel integrity on a host, checked row by row; {@link
 * attestation.agent.doctor.Doctor} is the way in.
 *
 * <p>Reads only. What could not be read is {@link attestation.agent.doctor.State#UNKNOWN}, never
 * fine. Everything is read below the root folder of a {@link attestation.agent.doctor.Host}, so
 * that recorded trees are judged as the host itself is.
 */
@NullMarked
package attestation.agent.doctor;

import org.jspecify.annotations.NullMarked;
