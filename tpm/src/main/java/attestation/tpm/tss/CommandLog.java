// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

/** Is told of every command that got an answer; called on the TPM thread. */
@FunctionalInterface
public interface CommandLog {
    /**
     * @param command TCG name, for example {@code TPM2_Quote}
     * @param rc response code, 0 for success
     * @param nanos from sending to answer
     */
    void command(String command, int rc, long nanos);
}
