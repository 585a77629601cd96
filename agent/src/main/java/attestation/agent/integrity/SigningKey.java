// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import attestation.ima.signature.KeyIds;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * A private key to sign files with, and the id of its public half.
 *
 * @param publicKey SubjectPublicKeyInfo in DER
 */
public record SigningKey(PrivateKey key, byte[] publicKey) {
    private static final int MAX_PEM = 64 * 1024;

    /** The id of the bare key, as {@code evmctl} takes it. */
    public int keyId() {
        return KeyIds.ofSubjectPublicKeyInfo(publicKey);
    }

    /**
     * Reads a key in PEM, PKCS#8 or the older forms.
     *
     * @throws IOException saying what is wrong with the file, never quoting it
     */
    public static SigningKey read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_PEM);
            return of(parse(new String(bytes, StandardCharsets.ISO_8859_1)));
        } catch (EncryptedException e) {
            throw new IOException(
                    "key "
                            + file
                            + ": encrypted (expected: without password; openssl pkey -in FILE -out"
                            + " PLAIN)",
                    e);
        } catch (java.nio.file.FileSystemException e) {
            throw new IOException("key " + file + ": " + KeyFiles.reason(e), e);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            // The reason could quote the key: it is left out.
            throw new IOException(
                    "key " + file + ": not a private key (expected: RSA or EC in PEM)");
        }
    }

    private static final class EncryptedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static PrivateKeyInfo parse(String text) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                switch (item) {
                    case PEMKeyPair pair -> {
                        return pair.getPrivateKeyInfo();
                    }
                    case PrivateKeyInfo info -> {
                        return info;
                    }
                    case PEMEncryptedKeyPair _ -> throw new EncryptedException();
                    case PKCS8EncryptedPrivateKeyInfo _ -> throw new EncryptedException();
                    default -> {}
                }
            }
        }
        throw new IOException("no private key");
    }

    private static SigningKey of(PrivateKeyInfo info) throws IOException, GeneralSecurityException {
        AsymmetricKeyParameter secret = PrivateKeyFactory.createKey(info);
        AsymmetricKeyParameter open =
                switch (secret) {
                    case RSAPrivateCrtKeyParameters rsa ->
                            new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
                    case ECPrivateKeyParameters ec ->
                            new ECPublicKeyParameters(
                                    ec.getParameters().getG().multiply(ec.getD()),
                                    ec.getParameters());
                    default -> throw new IOException("another kind of key");
                };
        SubjectPublicKeyInfo spki = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(open);
        String algorithm = secret instanceof ECPrivateKeyParameters ? "EC" : "RSA";
        PrivateKey key =
                KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        return new SigningKey(key, spki.getEncoded());
    }
}
