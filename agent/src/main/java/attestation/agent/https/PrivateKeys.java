// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Reads a PEM private key: PKCS#8 (RFC 5958) by the JDK alone, since this is on the start path;
 * Bouncy Castle is loaded only for legacy forms and for encryption the JDK does not know.
 */
final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("EC", "RSA");

    private PrivateKeys() {}

    static PrivateKey read(Path path, char[] password) throws TlsMaterialException {
        PemFile file = PemFile.read(path);
        for (PemFile.Block block : file.blocks()) {
            PrivateKey key = key(file, block, password);
            if (key != null) {
                return key;
            }
        }
        throw PemFile.bad(path, "no private key (expected: BEGIN PRIVATE KEY)", null);
    }

    private static @Nullable PrivateKey key(PemFile file, PemFile.Block block, char[] password)
            throws TlsMaterialException {
        return switch (block.label()) {
            case "PRIVATE KEY" -> pkcs8(file.path(), block.der());
            case "ENCRYPTED PRIVATE KEY" -> encrypted(file, block.der(), password);
            case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> legacy(file, password);
            default -> null;
        };
    }

    private static PrivateKey pkcs8(Path path, byte[] der) throws TlsMaterialException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (String algorithm : ALGORITHMS) {
            PrivateKey key = key(algorithm, spec);
            if (key != null) {
                return key;
            }
        }
        throw PemFile.bad(
                path,
                "private key of unknown kind (expected: EC P-256, P-384, P-521 or RSA)",
                null);
    }

    /** Null when the key is of another algorithm. */
    private static @Nullable PrivateKey key(String algorithm, PKCS8EncodedKeySpec spec) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static PrivateKey encrypted(PemFile file, byte[] der, char[] password)
            throws TlsMaterialException {
        needPassword(file.path(), password);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            String algorithm = info.getAlgParameters().toString();
            SecretKeyFactory factory = SecretKeyFactory.getInstance(algorithm);
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    factory.generateSecret(new PBEKeySpec(password)),
                    info.getAlgParameters());
            return pkcs8(file.path(), info.getKeySpec(cipher).getEncoded());
        } catch (GeneralSecurityException | IOException | NullPointerException e) {
            // getAlgParameters() is null for what the JDK does not know; a wrong password ends in
            // the same place and is told apart by the second reader
            return legacy(file, password);
        }
    }

    private static PrivateKey legacy(PemFile file, char[] password) throws TlsMaterialException {
        return LegacyKeys.read(file, password);
    }

    static void needPassword(Path path, char[] password) throws TlsMaterialException {
        if (password.length == 0) {
            throw PemFile.bad(
                    path, "key is encrypted and no password is set; set the key's password", null);
        }
    }
}
