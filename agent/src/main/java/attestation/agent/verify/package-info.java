// SPDX-License-Identifier: Apache-2.0
/**
 * The independent check of evidence: {@link attestation.agent.verify.Verifier} is the way in.
 *
 * <p>It shares nothing with the agent that makes the evidence but the reader of measurement lists;
 * everything else (TPM structures, quote string, PCR blob, JSON, TLS) is read here by readers of
 * its own, which accept one encoding of each value and refuse every other.
 */
package attestation.agent.verify;
