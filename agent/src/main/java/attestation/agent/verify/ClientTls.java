// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Mutual TLS as a verifier speaks it: shows its own certificate, and takes the agent's if a given
 * CA issued it or if it is the very one that was pinned. Host names are not compared: agents are
 * known by their certificate and their AK, not by a name.
 */
final class ClientTls {
    private static final int MAX_PEM = 1024 * 1024;
    private static final char[] NO_PASSWORD = new char[0];

    private ClientTls() {}

    static SSLContext context(VerifierOptions.Tls tls) throws UndecidedException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    keys(tls.certificate(), tls.key()).getKeyManagers(),
                    new TrustManager[] {trust(tls.ca(), tls.serverCertificate())},
                    null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new UndecidedException(
                    "TLS set-up: " + Printable.text(String.valueOf(e.getMessage())), e);
        }
    }

    private static KeyManagerFactory keys(Path certificateFile, Path keyFile)
            throws UndecidedException, GeneralSecurityException, IOException {
        List<X509Certificate> chain = certificates("certificate", certificateFile);
        PrivateKey key = PrivateKeyReader.read(keyFile);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(new Certificate[0]));
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory;
    }

    private static X509TrustManager trust(Optional<Path> ca, Optional<Path> pinned)
            throws UndecidedException, GeneralSecurityException, IOException {
        List<X509Certificate> exact =
                pinned.isPresent() ? certificates("server certificate", pinned.get()) : List.of();
        Optional<X509TrustManager> byCa =
                ca.isPresent() ? Optional.of(byCa(certificates("CA", ca.get()))) : Optional.empty();
        return new AgentTrust(exact, byCa);
    }

    private static X509TrustManager byCa(List<X509Certificate> cas)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        for (X509Certificate ca : cas) {
            store.setCertificateEntry("ca" + store.size(), ca);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509TrustManager)
                Arrays.stream(factory.getTrustManagers())
                        .filter(X509TrustManager.class::isInstance)
                        .findFirst()
                        .orElseThrow();
    }

    private static List<X509Certificate> certificates(String what, Path file)
            throws UndecidedException {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate certificate :
                    factory.generateCertificates(
                            new ByteArrayInputStream(Bounded.file(file, MAX_PEM)))) {
                certificates.add((X509Certificate) certificate);
            }
            if (certificates.isEmpty()) {
                throw new UndecidedException(
                        what + " " + Printable.text(file.toString()) + ": no certificate in it");
            }
            return certificates;
        } catch (CertificateException | RefutedException e) {
            throw new UndecidedException(
                    what
                            + " "
                            + Printable.text(file.toString())
                            + ": not a PEM certificate: "
                            + Printable.text(String.valueOf(e.getMessage())),
                    e);
        } catch (IOException e) {
            throw new UndecidedException(Bounded.unreadable(what, file, e), e);
        }
    }

    /** Takes a pinned certificate within its dates, or what the CA vouches for. */
    private record AgentTrust(List<X509Certificate> pinned, Optional<X509TrustManager> byCa)
            implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            if (pinned.contains(chain[0])) {
                chain[0].checkValidity();
                return;
            }
            if (byCa.isEmpty()) {
                throw new CertificateException(
                        "the agent's certificate is not the pinned one: "
                                + chain[0].getSubjectX500Principal());
            }
            byCa.get().checkServerTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("this end is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
