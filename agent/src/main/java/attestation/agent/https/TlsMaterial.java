// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The server's key and certificate, which belong together, and the CAs whose clients it serves.
 *
 * <p>Immutable; made by the JDK's own readers, without key stores and without Bouncy Castle, since
 * it is on the start path.
 */
public final class TlsMaterial {
    private static final int MAX_CERTIFICATES = 1000;

    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final List<X509Certificate> clientCas;

    private TlsMaterial(
            PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientCas) {
        this.key = key;
        this.chain = List.copyOf(chain);
        this.clientCas = List.copyOf(clientCas);
    }

    /**
     * Reads all files; nothing of it is used when one of them is wrong.
     *
     * @throws TlsMaterialException naming the file, what is wrong with it and what to do
     */
    public static TlsMaterial load(TlsFiles files) throws TlsMaterialException {
        PrivateKey key = PrivateKeys.read(files.key(), files.keyPassword());
        List<X509Certificate> chain = certificates(files.certificate());
        mustBelongTogether(key, chain.get(0), files);
        Set<X509Certificate> cas = new LinkedHashSet<>();
        for (Path ca : files.clientCas()) {
            cas.addAll(certificates(ca));
        }
        return of(key, chain, List.copyOf(cas));
    }

    /**
     * From what is already in memory.
     *
     * @param chain the key's certificate first
     * @param clientCas at least one: with none, nobody could connect
     */
    public static TlsMaterial of(
            PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientCas)
            throws TlsMaterialException {
        if (clientCas.isEmpty()) {
            throw new TlsMaterialException(
                    "client CAs: none (expected: at least one CA certificate, else nobody could"
                            + " connect)",
                    null);
        }
        return new TlsMaterial(key, chain, clientCas);
    }

    /** The certificate that verifiers pin. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** The certificate with its chain. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The CAs whose clients are served. */
    public List<X509Certificate> clientCas() {
        return clientCas;
    }

    PrivateKey key() {
        return key;
    }

    private static List<X509Certificate> certificates(Path path) throws TlsMaterialException {
        PemFile file = PemFile.read(path);
        List<X509Certificate> found = new ArrayList<>();
        for (PemFile.Block block : file.blocks()) {
            if (isCertificate(block.label())) {
                found.add(certificate(path, block.der(), found.size() + 1));
            }
        }
        if (found.isEmpty() || found.size() > MAX_CERTIFICATES) {
            throw PemFile.bad(
                    path,
                    found.size() + " certificates (expected: 1.." + MAX_CERTIFICATES + " in PEM)",
                    null);
        }
        return found;
    }

    private static boolean isCertificate(String label) {
        return label.equals("CERTIFICATE")
                || label.equals("X509 CERTIFICATE")
                || label.equals("TRUSTED CERTIFICATE");
    }

    private static X509Certificate certificate(Path path, byte[] der, int number)
            throws TlsMaterialException {
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (CertificateException e) {
            throw PemFile.bad(path, "certificate " + number + " cannot be decoded", e);
        }
    }

    private static void mustBelongTogether(
            PrivateKey key, X509Certificate certificate, TlsFiles files)
            throws TlsMaterialException {
        if (!belongTogether(key, certificate)) {
            throw new TlsMaterialException(
                    files.key()
                            + ": is not the key of "
                            + files.certificate()
                            + " (expected: the pair that was made together)",
                    null);
        }
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        try {
            byte[] probe = new byte[32];
            new SecureRandom().nextBytes(probe);
            String name = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            Signature signature = Signature.getInstance(name);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            // another algorithm, or a signature that cannot even be decoded: not the pair
            return false;
        }
    }
}
