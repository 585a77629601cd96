// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.identity.IdentityException;
import attestation.agent.identity.Pem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Trust in a registrar that speaks TLS. */
public final class RegistrarTls {
    private RegistrarTls() {}

    /**
     * Trusts exactly the CA certificates of a PEM file; the registrar's name is checked too.
     *
     * @param name of the file, for the error's text
     */
    public static SSLContext trusting(byte[] caPem, String name) throws IdentityException {
        try {
            KeyStore anchors = anchors(caPem);
            if (anchors.size() == 0) {
                throw new IdentityException(
                        name + ": no certificate in it (expected: the registrar's CA as PEM)");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(anchors);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IdentityException(name + ": " + e.getMessage(), e);
        }
    }

    private static KeyStore anchors(byte[] caPem)
            throws GeneralSecurityException, IOException, IdentityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        var parser = CertificateFactory.getInstance("X.509");
        for (Pem pem : Pem.readAll(caPem)) {
            if (pem.label().equals("CERTIFICATE")) {
                var certificate = parser.generateCertificate(new ByteArrayInputStream(pem.der()));
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
        }
        return store;
    }
}
