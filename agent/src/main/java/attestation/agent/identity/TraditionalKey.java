// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;

/** Keys in the older forms of OpenSSL (PKCS#1, SEC 1). Apart, so that others load no library. */
final class TraditionalKey {
    private TraditionalKey() {}

    static PrivateKey decode(Pem pem, StateFile file) throws IdentityException {
        try (var parser = new PEMParser(new StringReader(pem.text()))) {
            if (parser.readObject() instanceof PEMKeyPair pair) {
                return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
            }
        } catch (IOException e) {
            throw new IdentityException(file + ": damaged " + pem.label(), e);
        }
        throw new IdentityException(file + ": damaged " + pem.label());
    }
}
