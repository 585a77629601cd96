// SPDX-License-Identifier: Apache-2.0
/** Clocks and native calls that are not the service manager's. */
package attestation.agent.host;
