// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

/** Where evidence comes from. Thread-safe; calls block, so never from an event loop. */
public interface EvidenceSource {
    /**
     * A quote with what it covers.
     *
     * @throws EvidenceException when it cannot be had, with a reason that a person understands
     */
    Evidence collect(EvidenceRequest request) throws EvidenceException, InterruptedException;
}
