// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

/** How a part of the agent fares; the worst of all parts is the verdict. In ascending order. */
public enum Health {
    OK,
    DEGRADED,
    FAILING
}
