// SPDX-License-Identifier: Apache-2.0
/** Clocks, quotas of log lines, and native calls that are not the service manager's. */
package attestation.agent.host;
