// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.status.Latencies;
import attestation.ima.match.MismatchCause;

import java.util.Optional;

/**
 * Quotes since the start in numbers; immutable.
 *
 * @param served with evidence
 * @param failed for want of a TPM or a list
 * @param refused because of what the client sent
 * @param took from the end of the request until the evidence was there
 * @param tpm of that with the TPM and for its turn
 * @param list of that with the list
 * @param matched entries that the last agreeing quote covers
 * @param agreement of the last quote with the list
 * @param cause why they disagree, where they do
 */
public record QuoteFigures(
        long served,
        long failed,
        long refused,
        Latencies.Snapshot took,
        Latencies.Snapshot tpm,
        Latencies.Snapshot list,
        long matched,
        Agreement agreement,
        Optional<MismatchCause> cause) {}
