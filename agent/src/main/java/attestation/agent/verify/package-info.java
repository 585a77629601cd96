// SPDX-License-Identifier: Apache-2.0
/**
 * The independent check of evidence: {@link attestation.agent.verify.Verifier} is the way in.
 *
 * <p>It shares nothing with the agent that makes the evidence but the readers of measurement lists
 * and of firmware logs, which other programs (evmctl, tpm2_eventlog) and recorded PCRs prove;
 * everything else (TPM structures, quote string, PCR blob, JSON, TLS) is read here by readers of
 * its own, which accept one encoding of each value and refuse every other.
 */
package attestation.agent.verify;
