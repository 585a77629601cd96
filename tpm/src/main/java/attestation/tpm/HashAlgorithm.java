// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** TPM_ALG_ID of the hash kind (TCG Algorithm Registry). */
public enum HashAlgorithm {
    SHA1(0x0004, 20, "sha1", "SHA-1", "HmacSHA1"),
    SHA256(0x000b, 32, "sha256", "SHA-256", "HmacSHA256"),
    SHA384(0x000c, 48, "sha384", "SHA-384", "HmacSHA384"),
    SHA512(0x000d, 64, "sha512", "SHA-512", "HmacSHA512"),
    SM3_256(0x0012, 32, "sm3_256", "SM3", "HmacSM3");

    private final int tpmId;
    private final int size;
    private final String keylimeName;
    private final String jcaName;
    private final String hmacName;

    HashAlgorithm(int tpmId, int size, String keylimeName, String jcaName, String hmacName) {
        this.tpmId = tpmId;
        this.size = size;
        this.keylimeName = keylimeName;
        this.jcaName = jcaName;
        this.hmacName = hmacName;
    }

    /** As Java spells it, for example {@code SHA-256}. */
    String jcaName() {
        return jcaName;
    }

    /** TPM_ALG_ID. */
    public int tpmId() {
        return tpmId;
    }

    /** Digest size in bytes. */
    public int size() {
        return size;
    }

    /** As Keylime and tpm2-tools spell it, for example {@code sha256}. */
    public String keylimeName() {
        return keylimeName;
    }

    /** As the JDK calls the HMAC over this hash. */
    public String hmacName() {
        return hmacName;
    }

    /**
     * A fresh digest.
     *
     * @throws TpmException.Unsupported for SM3, which the JDK does not have
     */
    public MessageDigest newDigest() throws TpmException.Unsupported {
        try {
            return MessageDigest.getInstance(jcaName);
        } catch (NoSuchAlgorithmException e) {
            throw new TpmException.Unsupported(
                    "hash algorithm: " + keylimeName + " (expected: one this Java can compute)");
        }
    }

    /** By TPM_ALG_ID; empty for what is not in this table, SHA-3 for example. */
    public static Optional<HashAlgorithm> ofTpmId(int tpmId) {
        return Arrays.stream(values()).filter(a -> a.tpmId == tpmId).findFirst();
    }

    /** By Keylime's spelling. */
    public static Optional<HashAlgorithm> ofKeylimeName(String name) {
        return Arrays.stream(values()).filter(a -> a.keylimeName.equals(name)).findFirst();
    }
}
