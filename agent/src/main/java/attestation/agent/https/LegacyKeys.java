// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;

/** Keys in OpenSSL's old forms, by Bouncy Castle; its classes load only when this one does. */
final class LegacyKeys {
    private LegacyKeys() {}

    static PrivateKey read(PemFile file, char[] password) throws TlsMaterialException {
        try (PEMParser parser = new PEMParser(new StringReader(file.text()))) {
            for (Object object = parser.readObject();
                    object != null;
                    object = parser.readObject()) {
                PrivateKeyInfo info = info(file, object, password);
                if (info != null) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
            }
        } catch (PKCSException e) {
            throw PemFile.bad(file.path(), "key cannot be decrypted: wrong password?", e);
        } catch (IOException | OperatorCreationException | IllegalArgumentException e) {
            throw PemFile.bad(
                    file.path(),
                    "key cannot be read ("
                            + Untrusted.show(String.valueOf(e.getMessage()), 120)
                            + "): wrong password, or not a key?",
                    e);
        }
        throw PemFile.bad(file.path(), "no private key (expected: BEGIN PRIVATE KEY)", null);
    }

    private static @Nullable PrivateKeyInfo info(PemFile file, Object object, char[] password)
            throws IOException, OperatorCreationException, PKCSException, TlsMaterialException {
        return switch (object) {
            case PrivateKeyInfo plain -> plain;
            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
            case PEMEncryptedKeyPair pair -> {
                PrivateKeys.needPassword(file.path(), password);
                yield pair.decryptKeyPair(
                                new JcePEMDecryptorProviderBuilder()
                                        .setProvider(new BouncyCastleProvider())
                                        .build(password))
                        .getPrivateKeyInfo();
            }
            case PKCS8EncryptedPrivateKeyInfo sealed -> {
                PrivateKeys.needPassword(file.path(), password);
                yield sealed.decryptPrivateKeyInfo(
                        new JceOpenSSLPKCS8DecryptorProviderBuilder()
                                .setProvider(new BouncyCastleProvider())
                                .build(password));
            }
            default -> null;
        };
    }
}
