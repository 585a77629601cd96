// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The hashes that a quote may use (TPM 2.0 Part 2 §6.3). SM3 is not among what a JDK can check. */
enum HashAlg {
    SHA1(0x0004, 20, "SHA-1"),
    SHA256(0x000b, 32, "SHA-256"),
    SHA384(0x000c, 48, "SHA-384"),
    SHA512(0x000d, 64, "SHA-512");

    private final int tpmId;
    private final int size;
    private final String jcaName;

    HashAlg(int tpmId, int size, String jcaName) {
        this.tpmId = tpmId;
        this.size = size;
        this.jcaName = jcaName;
    }

    static HashAlg ofTpmId(int tpmId) throws RefutedException {
        return Arrays.stream(values())
                .filter(alg -> alg.tpmId == tpmId)
                .findFirst()
                .orElseThrow(
                        () ->
                                new RefutedException(
                                        "hash algorithm",
                                        String.format(Locale.ROOT, "0x%04x", tpmId),
                                        "0x0004 sha1, 0x000b sha256, 0x000c sha384 or 0x000d"
                                                + " sha512"));
    }

    static Optional<HashAlg> ofName(String name) {
        return Arrays.stream(values()).filter(alg -> alg.text().equals(name)).findFirst();
    }

    int tpmId() {
        return tpmId;
    }

    /** Digest size in bytes. */
    int size() {
        return size;
    }

    String jcaName() {
        return jcaName;
    }

    /** As Keylime and the kernel spell it, for example {@code sha256}. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(jcaName);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks " + jcaName, e);
        }
    }

    /** Hash over the parts one after the other. */
    byte[] hash(byte[]... parts) {
        MessageDigest digest = newDigest();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }
}
