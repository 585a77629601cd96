// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts clients whose certificate is now valid, made for TLS clients, and chains to a configured
 * CA that is itself still valid (PKIX, RFC 5280 §6, without revocation).
 *
 * <p>Remembers for which engine it has verified a chain, so that a session that was resumed, where
 * nothing is verified, is told from a full handshake. Thread-safe.
 */
final class ClientTrust extends X509ExtendedTrustManager {
    private static final int MAX_CHAIN = 10;
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USAGE = "2.5.29.37.0";

    private final List<X509Certificate> cas;
    private final Set<TrustAnchor> anchors;
    private final Clock clock;
    private final Set<SSLEngine> verified =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    ClientTrust(List<X509Certificate> cas, Clock clock) {
        this.cas = cas;
        this.clock = clock;
        Set<TrustAnchor> found = new HashSet<>();
        for (X509Certificate ca : cas) {
            found.add(new TrustAnchor(ca, null));
        }
        this.anchors = Set.copyOf(found);
    }

    /** Throws unless a client with this chain, its own certificate first, is to be served now. */
    void check(X509Certificate[] chain) throws ClientRefused {
        if (chain.length == 0 || chain.length > MAX_CHAIN) {
            throw new ClientRefused(
                    Refusal.Kind.UNTRUSTED,
                    "chain of " + chain.length + " certificates (expected: 1.." + MAX_CHAIN + ")",
                    null);
        }
        mustBeValid(chain[0]);
        mustBeForClients(chain[0]);
        for (X509Certificate certificate : path(chain)) {
            mustBeValid(certificate);
            mustAllowClients(certificate);
        }
    }

    private List<X509Certificate> path(X509Certificate[] chain) throws ClientRefused {
        if (cas.contains(chain[0])) {
            return List.of(chain[0]);
        }
        try {
            PKIXCertPathBuilderResult result =
                    (PKIXCertPathBuilderResult)
                            CertPathBuilder.getInstance("PKIX").build(parameters(chain));
            List<X509Certificate> path = new ArrayList<>();
            for (var certificate : result.getCertPath().getCertificates()) {
                path.add((X509Certificate) certificate);
            }
            path.add(result.getTrustAnchor().getTrustedCert());
            return path;
        } catch (CertPathBuilderException e) {
            throw untrusted(chain, e);
        } catch (GeneralSecurityException e) {
            throw new ClientRefused(
                    Refusal.Kind.UNTRUSTED, name(chain[0]) + ": cannot be checked", e);
        }
    }

    private PKIXBuilderParameters parameters(X509Certificate[] chain)
            throws InvalidAlgorithmParameterException, NoSuchAlgorithmException {
        X509CertSelector target = new X509CertSelector();
        target.setCertificate(chain[0]);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(clock.instant()));
        parameters.setMaxPathLength(MAX_CHAIN);
        CollectionCertStoreParameters sent =
                new CollectionCertStoreParameters(Arrays.asList(chain));
        parameters.addCertStore(CertStore.getInstance("Collection", sent));
        return parameters;
    }

    /** An expired certificate above the client's is the commonest reason and is said as such. */
    private ClientRefused untrusted(X509Certificate[] chain, CertPathBuilderException cause) {
        for (int i = 1; i < chain.length; i++) {
            try {
                mustBeValid(chain[i]);
            } catch (ClientRefused expired) {
                return expired;
            }
        }
        String text =
                name(chain[0])
                        + ": issued by "
                        + Untrusted.show(chain[0].getIssuerX500Principal().getName(), 200)
                        + " (expected: one of the "
                        + cas.size()
                        + " configured client CAs)";
        return new ClientRefused(Refusal.Kind.UNTRUSTED, text, cause);
    }

    private void mustBeValid(X509Certificate certificate) throws ClientRefused {
        Date now = Date.from(clock.instant());
        try {
            certificate.checkValidity(now);
        } catch (CertificateExpiredException e) {
            String text = " expired " + certificate.getNotAfter().toInstant();
            throw new ClientRefused(
                    Refusal.Kind.EXPIRED, name(certificate) + text + atClock(now), e);
        } catch (CertificateNotYetValidException e) {
            String text = " begins " + certificate.getNotBefore().toInstant();
            throw new ClientRefused(
                    Refusal.Kind.NOT_YET_VALID, name(certificate) + text + atClock(now), e);
        }
    }

    private static String atClock(Date now) {
        return " (clock: " + now.toInstant() + ")";
    }

    private static void mustBeForClients(X509Certificate leaf) throws ClientRefused {
        boolean[] usage = leaf.getKeyUsage();
        if (usage != null && !usage[0]) {
            throw wrongUsage(leaf, "key usage lacks digitalSignature", null);
        }
        mustAllowClients(leaf);
    }

    private static void mustAllowClients(X509Certificate certificate) throws ClientRefused {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            if (usages != null && !usages.contains(CLIENT_AUTH) && !usages.contains(ANY_USAGE)) {
                throw wrongUsage(certificate, "extended key usage lacks clientAuth", null);
            }
        } catch (java.security.cert.CertificateParsingException e) {
            throw wrongUsage(certificate, "extended key usage cannot be decoded", e);
        }
    }

    private static ClientRefused wrongUsage(
            X509Certificate certificate, String what, @Nullable Throwable cause) {
        String text = name(certificate) + ": " + what;
        return new ClientRefused(Refusal.Kind.WRONG_USAGE, text, cause);
    }

    private static String name(X509Certificate certificate) {
        return Untrusted.show(certificate.getSubjectX500Principal().getName(), 200)
                + " serial="
                + certificate.getSerialNumber().toString(16);
    }

    /** Whether the engine's chain was verified here; asked once, forgotten then. */
    boolean forgetVerified(SSLEngine engine) {
        return verified.remove(engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
        verified.add(engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("this is a server's trust: no server is checked here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("this is a server's trust: no server is checked here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("this is a server's trust: no server is checked here");
    }

    /** The names of the CAs, sent to clients so that they can choose among their certificates. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return cas.toArray(X509Certificate[]::new);
    }
}
