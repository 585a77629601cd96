// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * A private key as PKCS#8 PEM, plain or encrypted with a password (PBES2, AES-256-CBC), as
 * Keylime's agent and {@code openssl} write it.
 *
 * @param password empty for a plain file
 */
record PrivateKeyFile(StateFile file, String password) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int SALT_BYTES = 16;
    private static final int IV_BYTES = 16;
    private static final int ITERATIONS = 100_000;
    private static final String PBES2 = "PBEWithHmacSHA256AndAES_256";
    private static final String PLAIN = "PRIVATE KEY";
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "RSASSA-PSS", "EdDSA");

    /** The key; empty when there is no file. Nothing is ever replaced. */
    Optional<PrivateKey> read() throws IOException, IdentityException {
        Optional<byte[]> text = file.read(MAX_BYTES);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        for (Pem pem : Pem.readAll(text.get())) {
            switch (pem.label()) {
                case PLAIN -> {
                    return Optional.of(decode(pem.der(), file));
                }
                case ENCRYPTED -> {
                    return Optional.of(decode(decrypt(pem.der()), file));
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
                    return Optional.of(TraditionalKey.decode(pem, file));
                }
                default -> {}
            }
        }
        throw new IdentityException(
                "%s: no private key in it (expected: PEM, PKCS#8); restore it from a backup, or remove it to have a new one made and enrol this host again"
                        .formatted(file));
    }

    static PrivateKey decode(byte[] der, StateFile file) throws IdentityException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
                // of another kind
            }
        }
        throw new IdentityException(
                file + ": not a private key that can be used (expected: RSA or EC, PKCS#8)");
    }

    private byte[] decrypt(byte[] der) throws IdentityException, IOException {
        if (password.isEmpty()) {
            throw new IdentityException(
                    file + ": encrypted, but no password is configured (expected: one)");
        }
        var info = new EncryptedPrivateKeyInfo(der);
        try {
            var parameters = info.getAlgParameters();
            // PBES2 parameters print the full name of their algorithm, which is how the JDK finds
            // it.
            var cipher = Cipher.getInstance(String.valueOf(parameters));
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(String.valueOf(parameters))
                            .generateSecret(new PBEKeySpec(password.toCharArray())),
                    parameters);
            return cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException e) {
            throw new IdentityException(file + ": cannot be decrypted; is the password right?", e);
        }
    }

    /** Writes a new key, mode 0600. */
    void write(PrivateKey key, SecureRandom random) throws IOException {
        var pem =
                password.isEmpty()
                        ? new Pem(PLAIN, key.getEncoded())
                        : new Pem(ENCRYPTED, encrypt(key.getEncoded(), random));
        file.write(pem.text().getBytes(StandardCharsets.US_ASCII));
    }

    private byte[] encrypt(byte[] der, SecureRandom random) throws IOException {
        var salt = new byte[SALT_BYTES];
        var iv = new byte[IV_BYTES];
        random.nextBytes(salt);
        random.nextBytes(iv);
        try {
            var secret =
                    SecretKeyFactory.getInstance(PBES2)
                            .generateSecret(new PBEKeySpec(password.toCharArray()));
            var cipher = Cipher.getInstance(PBES2);
            var parameters = new PBEParameterSpec(salt, ITERATIONS, new IvParameterSpec(iv));
            cipher.init(Cipher.ENCRYPT_MODE, secret, parameters, random);
            // By its own name the JDK can encrypt, but only as "PBES2" can it write what it did.
            var named = AlgorithmParameters.getInstance("PBES2");
            named.init(cipher.getParameters().getEncoded());
            return new EncryptedPrivateKeyInfo(named, cipher.doFinal(der)).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + PBES2, e);
        }
    }
}
