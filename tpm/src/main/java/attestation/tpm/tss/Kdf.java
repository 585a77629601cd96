// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** KDFa, KDFe, HMAC and CFB as Part 1 §11.4 defines them. */
final class Kdf {
    private Kdf() {}

    /** KDFa (Part 1 §11.4.10.2). */
    static byte[] kdfA(HashAlgorithm hash, byte[] key, String label, byte[] u, byte[] v, int bits) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 1; out.size() < bits / 8; i++) {
            out.writeBytes(hmac(hash, key, be(i), label(label), u, v, be(bits)));
        }
        return Arrays.copyOf(out.toByteArray(), bits / 8);
    }

    /** KDFe (Part 1 §11.4.10.3) with as many bits as the hash has. */
    static byte[] kdfE(HashAlgorithm hash, byte[] z, String label, byte[] u, byte[] v)
            throws TpmException {
        MessageDigest digest = hash.newDigest();
        digest.update(be(1));
        digest.update(z);
        digest.update(label(label));
        digest.update(u);
        digest.update(v);
        return digest.digest();
    }

    /** HMAC over the parts; an empty key is allowed, as the TPM allows it. */
    static byte[] hmac(HashAlgorithm hash, byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(hash.hmacName());
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, hash.hmacName()));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks " + hash.hmacName(), e);
        }
    }

    /** AES-128-CFB with key and IV from {@code keyAndIv}. */
    static byte[] cfb(int mode, byte[] keyAndIv, byte[] data) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
            SecretKeySpec key = new SecretKeySpec(keyAndIv, 0, 16, "AES");
            cipher.init(mode, key, new IvParameterSpec(keyAndIv, 16, 16));
            return cipher.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks AES-CFB", e);
        }
    }

    private static byte[] label(String label) {
        return (label + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] be(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }
}
