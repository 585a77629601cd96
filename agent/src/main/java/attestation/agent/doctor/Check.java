// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import java.util.function.Function;

/**
 * One row of the procedure.
 *
 * @param group the part of the procedure
 * @param name as given on the command line
 * @param essential whether the host's attestability cannot be told without it
 */
public record Check(String group, String name, boolean essential, Function<Host, Finding> probe) {}
