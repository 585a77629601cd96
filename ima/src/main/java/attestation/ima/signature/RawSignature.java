// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.HexFormat;

import javax.crypto.Cipher;

/**
 * Signatures over a digest that was computed elsewhere: RSASSA-PKCS1-v1_5 (RFC 8017 §8.2) and ECDSA
 * in DER.
 *
 * <p>The JDK's RSA signatures hash by themselves and know no hash but its own, so the DigestInfo is
 * built here and compared as a whole.
 */
final class RawSignature {
    private static final String RSA_PADDED = "RSA/ECB/PKCS1Padding";
    private static final String RAW_ECDSA = "NONEwithECDSA";

    private RawSignature() {}

    /**
     * Whether the signature is this key's over this digest.
     *
     * @throws InvalidKeyException when this kind of key or its hash cannot be used here
     */
    static boolean verifies(PublicKey key, KernelHash hash, byte[] digest, byte[] signature)
            throws InvalidKeyException {
        return switch (key.getAlgorithm()) {
            case "RSA" -> rsa(key, digestInfo(hash, digest), signature);
            case "EC" -> ecdsa(key, digest, signature);
            default -> throw unusable(key.getAlgorithm());
        };
    }

    /** Signs a digest. */
    static byte[] sign(PrivateKey key, KernelHash hash, byte[] digest)
            throws GeneralSecurityException {
        return switch (key.getAlgorithm()) {
            case "RSA" -> signRsa(key, digestInfo(hash, digest));
            case "EC" -> signEcdsa(key, digest);
            default -> throw unusable(key.getAlgorithm());
        };
    }

    private static byte[] signRsa(PrivateKey key, byte[] digestInfo)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(RSA_PADDED);
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(digestInfo);
    }

    private static byte[] signEcdsa(PrivateKey key, byte[] digest) throws GeneralSecurityException {
        Signature signer = Signature.getInstance(RAW_ECDSA);
        signer.initSign(key);
        signer.update(digest);
        return signer.sign();
    }

    private static boolean rsa(PublicKey key, byte[] expected, byte[] signature)
            throws InvalidKeyException {
        try {
            Cipher cipher = Cipher.getInstance(RSA_PADDED);
            cipher.init(Cipher.DECRYPT_MODE, key);
            return MessageDigest.isEqual(expected, cipher.doFinal(signature));
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean ecdsa(PublicKey key, byte[] digest, byte[] signature)
            throws InvalidKeyException {
        try {
            Signature verifier = Signature.getInstance(RAW_ECDSA);
            verifier.initVerify(key);
            verifier.update(digest);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false;
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] digestInfo(KernelHash hash, byte[] digest) throws InvalidKeyException {
        if (hash.oid().isEmpty()) {
            throw new InvalidKeyException("no RSA signature can name " + hash.kernelName());
        }
        byte[] oid = HexFormat.of().parseHex(hash.oid());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x30);
        out.write(8 + oid.length + digest.length);
        out.write(0x30);
        out.write(4 + oid.length);
        out.write(0x06);
        out.write(oid.length);
        out.writeBytes(oid);
        out.writeBytes(new byte[] {5, 0, 4, (byte) digest.length});
        out.writeBytes(digest);
        return out.toByteArray();
    }

    private static InvalidKeyException unusable(String algorithm) {
        return new InvalidKeyException("key of kind " + algorithm + " (expected: RSA or EC)");
    }
}
