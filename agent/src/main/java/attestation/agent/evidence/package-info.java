// SPDX-License-Identifier: Apache-2.0
/**
 * The one place where TPM and measurement list meet; {@link
 * attestation.agent.evidence.EvidenceSource} is the way in.
 */
package attestation.agent.evidence;
