// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;

/**
 * PCR 16 as the verifier expects it: reset, then extended with the hash of the payload key's PEM
 * text, so that the quote vouches for the key. Whoever may use the TPM may reset PCR 16 too, so its
 * value is proven by each quoted digest, not assumed.
 */
public final class KeyBinding {
    /**
     * The debug PCR, which needs no locality to be reset (PC Client Platform TPM Profile §4.6.2).
     */
    static final int PCR = 16;

    private final HashAlgorithm bank;
    private final byte[] keyDigest;
    private final byte[] value;

    /**
     * For the key's SubjectPublicKeyInfo in PEM, exactly as it is sent.
     *
     * @throws TpmException.Unsupported when this JVM lacks the bank's hash
     */
    public KeyBinding(HashAlgorithm bank, String pem) throws TpmException.Unsupported {
        this.bank = bank;
        MessageDigest digest = bank.newDigest();
        this.keyDigest = digest.digest(pem.getBytes(StandardCharsets.US_ASCII));
        digest.update(new byte[bank.size()]);
        this.value = digest.digest(keyDigest);
    }

    HashAlgorithm bank() {
        return bank;
    }

    /** What PCR 16 holds when it is set. */
    byte[] value() {
        return value.clone();
    }

    /** Sets PCR 16: two commands in one turn on the TPM. */
    public void set(Tpm tpm, Duration timeout) throws TpmException, InterruptedException {
        tpm.setPcr(PCR, bank, keyDigest, timeout);
    }
}
