// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** The RSA 2048 key to which tenant and verifier encrypt U and V, and which PCR 16 binds. */
public final class PayloadKey {
    private static final int BITS = 2048;
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec(
                    "SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);

    private final RSAPrivateCrtKey key;
    private final String publicPem;

    private PayloadKey(RSAPrivateCrtKey key, String publicPem) {
        this.key = key;
        this.publicPem = publicPem;
    }

    /**
     * The stored key, or a new one, stored, when there is none.
     *
     * @param password empty for a plain file
     * @throws IdentityException when the file is there but not usable; it stays as it is
     */
    public static PayloadKey loadOrCreate(StateFile file, String password, SecureRandom random)
            throws IOException, IdentityException {
        Optional<PayloadKey> known = load(file, password);
        if (known.isPresent()) {
            return known.get();
        }
        PayloadKey fresh = create(random);
        fresh.store(file, password, random);
        return fresh;
    }

    /** The stored key; empty when there is none. */
    public static Optional<PayloadKey> load(StateFile file, String password)
            throws IOException, IdentityException {
        Optional<PrivateKey> known = new PrivateKeyFile(file, password).read();
        return known.isPresent() ? Optional.of(of(known.get(), file.toString())) : Optional.empty();
    }

    /** A new one, not stored. */
    public static PayloadKey create(SecureRandom random) throws IdentityException {
        return of(generate(random), "payload key");
    }

    /**
     * Of PKCS#8.
     *
     * @param file where it came from, for errors
     */
    public static PayloadKey decode(byte[] pkcs8, StateFile file) throws IdentityException {
        return of(PrivateKeyFile.decode(pkcs8, file), file.toString());
    }

    /** PKCS#8, not encrypted. */
    public byte[] encoded() {
        return key.getEncoded();
    }

    /** Writes it, encrypted unless the password is empty; mode 0600. */
    public void store(StateFile file, String password, SecureRandom random) throws IOException {
        new PrivateKeyFile(file, password).write(key, random);
    }

    private static PayloadKey of(PrivateKey key, String file) throws IdentityException {
        if (key instanceof RSAPrivateCrtKey rsa && rsa.getModulus().bitLength() == BITS) {
            return new PayloadKey(rsa, publicPem(rsa));
        }
        throw new IdentityException(
                "%s: %s key (expected: RSA with 2048 bits)".formatted(file, describe(key)));
    }

    private static String describe(PrivateKey key) {
        return key instanceof RSAPrivateCrtKey rsa
                ? "RSA %d".formatted(rsa.getModulus().bitLength())
                : key.getAlgorithm();
    }

    private static String publicPem(RSAPrivateCrtKey key) throws IdentityException {
        BigInteger modulus = key.getModulus();
        try {
            var spec = new RSAPublicKeySpec(modulus, key.getPublicExponent());
            byte[] der = KeyFactory.getInstance("RSA").generatePublic(spec).getEncoded();
            return new Pem("PUBLIC KEY", der).text();
        } catch (GeneralSecurityException e) {
            throw new IdentityException("payload key: " + e.getMessage(), e);
        }
    }

    private static PrivateKey generate(SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS, random);
            return generator.generateKeyPair().getPrivate();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has RSA", e);
        }
    }

    /** SubjectPublicKeyInfo as PEM: the text whose hash PCR 16 holds, to the last newline. */
    public String publicPem() {
        return publicPem;
    }

    /**
     * Decrypts a part sent by tenant or verifier: RSA-OAEP with SHA-1 and MGF1-SHA-1, empty label.
     *
     * @throws GeneralSecurityException when it was not encrypted to this key
     */
    public byte[] decrypt(byte[] encrypted) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, OAEP);
        return cipher.doFinal(encrypted);
    }
}
