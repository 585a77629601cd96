// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * A session's salt (Part 1 §19.6.13, B.10.2, C.6.1).
 *
 * @param plain what only the TPM and we know
 * @param encrypted contents of TPM2B_ENCRYPTED_SECRET
 */
record Salt(byte[] plain, byte[] encrypted) {
    private static final String LABEL = "SECRET";

    /** A fresh salt for the key's owner. */
    static Salt of(PublicArea area, SecureRandom random) throws TpmException {
        byte[] info =
                area.subjectPublicKeyInfo()
                        .orElseThrow(
                                () -> new TpmException.Unsupported("salt key: not RSA or ECC"));
        try {
            return switch (area.key()) {
                case PublicArea.Key.Rsa _ -> rsa(area.nameHash(), info, random);
                case PublicArea.Key.Ecc ecc -> ecc(area.nameHash(), ecc, info, random);
                case PublicArea.Key.KeyedHash _ ->
                        throw new TpmException.Unsupported("salt key: not RSA or ECC");
            };
        } catch (GeneralSecurityException e) {
            throw new TpmException.BadResponse("key of the TPM is unusable: " + e.getMessage(), e);
        }
    }

    private static Salt rsa(HashAlgorithm hash, byte[] info, SecureRandom random)
            throws GeneralSecurityException, TpmException {
        byte[] salt = new byte[hash.size()];
        random.nextBytes(salt);
        PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(info));
        String name = hash.newDigest().getAlgorithm();
        byte[] label = (LABEL + "\0").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
        oaep.init(
                Cipher.ENCRYPT_MODE,
                key,
                new OAEPParameterSpec(
                        name, "MGF1", new MGF1ParameterSpec(name), new PSource.PSpecified(label)),
                random);
        return new Salt(salt, oaep.doFinal(salt));
    }

    private static Salt ecc(
            HashAlgorithm hash, PublicArea.Key.Ecc ecc, byte[] info, SecureRandom random)
            throws GeneralSecurityException, TpmException {
        ECPublicKey key =
                (ECPublicKey)
                        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(info));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(key.getParams(), random);
        KeyPair ephemeral = generator.generateKeyPair();
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(ephemeral.getPrivate());
        agreement.doPhase(key, true);
        int size = PublicArea.fieldBytes(ecc.curveId());
        var point = ((ECPublicKey) ephemeral.getPublic()).getW();
        byte[] x = padded(point.getAffineX().toByteArray(), size);
        byte[] y = padded(point.getAffineY().toByteArray(), size);
        byte[] z = padded(agreement.generateSecret(), size);
        byte[] salt = Kdf.kdfE(hash, z, LABEL, x, padded(ecc.x(), size));
        byte[] encrypted =
                ByteBuffer.allocate(4 + 2 * size)
                        .putShort((short) size)
                        .put(x)
                        .putShort((short) size)
                        .put(y)
                        .array();
        return new Salt(salt, encrypted);
    }

    /** Big-endian number in exactly {@code size} bytes. */
    private static byte[] padded(byte[] number, int size) {
        int skip = Math.max(0, number.length - size);
        byte[] out = new byte[size];
        int length = number.length - skip;
        System.arraycopy(number, skip, out, size - length, length);
        return out;
    }

    @Override
    public String toString() {
        return "Salt[" + Arrays.hashCode(encrypted) + "]";
    }
}
