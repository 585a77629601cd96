// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The agent's own TLS key and certificate.
 *
 * <p>The verifier pins the certificate when the host is added, so files that are there are taken as
 * they are and never replaced; only what is missing is made.
 *
 * @param chain own certificate first
 */
public record ServerIdentity(PrivateKey key, List<X509Certificate> chain) {
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_CHAIN = 16;
    private static final String LABEL = "CERTIFICATE";

    public ServerIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("certificate chain: empty (expected: at least one)");
        }
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** The own certificate as the registrar gets it ({@code mtls_cert}). */
    public String certificatePem() {
        try {
            return new Pem(LABEL, certificate().getEncoded()).text();
        } catch (CertificateException e) {
            throw new IllegalStateException("a parsed certificate has an encoding", e);
        }
    }

    /**
     * The stored identity; makes a key with a self-signed certificate, or the certificate alone,
     * where they are missing.
     *
     * @param password of the key file, empty for none
     * @throws IdentityException when files are there but unusable or do not belong together
     */
    public static ServerIdentity loadOrCreate(
            StateFile keyFile,
            String password,
            StateFile certificateFile,
            SelfSigned issuer,
            SecureRandom random)
            throws IOException, IdentityException {
        var storedKey = new PrivateKeyFile(keyFile, password);
        Optional<PrivateKey> key = storedKey.read();
        List<X509Certificate> chain = readChain(certificateFile);
        if (key.isEmpty() && !chain.isEmpty()) {
            throw new IdentityException(
                    "%s is there, but its key %s is not; put the key back, or remove the certificate to have both made anew and add this host at the verifier again"
                            .formatted(certificateFile, keyFile));
        }
        if (key.isEmpty()) {
            key = Optional.of(SelfSigned.newKey(random));
            storedKey.write(key.get(), random);
        }
        if (chain.isEmpty()) {
            chain = List.of(issuer.issue(key.get(), random));
            write(certificateFile, chain.getFirst());
        }
        return checked(new ServerIdentity(key.get(), chain), keyFile, certificateFile);
    }

    /** The stored identity as it is now, for a reload; makes nothing. */
    public static ServerIdentity load(StateFile keyFile, String password, StateFile certificateFile)
            throws IOException, IdentityException {
        Optional<PrivateKey> key = new PrivateKeyFile(keyFile, password).read();
        List<X509Certificate> chain = readChain(certificateFile);
        if (key.isEmpty() || chain.isEmpty()) {
            throw new IdentityException(
                    "%s: not there (expected: key and certificate)"
                            .formatted(key.isEmpty() ? keyFile : certificateFile));
        }
        return checked(new ServerIdentity(key.get(), chain), keyFile, certificateFile);
    }

    private static void write(StateFile file, X509Certificate certificate)
            throws IOException, IdentityException {
        try {
            String pem = new Pem(LABEL, certificate.getEncoded()).text();
            file.write(pem.getBytes(StandardCharsets.US_ASCII));
        } catch (CertificateException e) {
            throw new IdentityException(file + ": " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> readChain(StateFile file)
            throws IOException, IdentityException {
        Optional<byte[]> text = file.read(MAX_BYTES);
        if (text.isEmpty()) {
            return List.of();
        }
        var chain = new ArrayList<X509Certificate>();
        for (Pem pem : Pem.readAll(text.get())) {
            if (pem.label().equals(LABEL) && chain.size() < MAX_CHAIN) {
                chain.add(parse(pem, file));
            }
        }
        if (chain.isEmpty()) {
            throw new IdentityException(
                    "%s: no certificate in it (expected: PEM); restore it from a backup, or remove it to have a new one made and add this host at the verifier again"
                            .formatted(file));
        }
        return chain;
    }

    private static X509Certificate parse(Pem pem, StateFile file) throws IdentityException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(pem.der()));
        } catch (CertificateException e) {
            throw new IdentityException(file + ": damaged certificate - " + e.getMessage(), e);
        }
    }

    private static ServerIdentity checked(
            ServerIdentity identity, StateFile keyFile, StateFile certificateFile)
            throws IdentityException {
        if (!belongTogether(identity)) {
            throw new IdentityException(
                    "%s is not the key of %s (expected: a pair); put the matching file back"
                            .formatted(keyFile, certificateFile));
        }
        return identity;
    }

    /** Signs with one, verifies with the other. */
    private static boolean belongTogether(ServerIdentity identity) throws IdentityException {
        var probe = new byte[32];
        try {
            var signature = Signature.getInstance(SelfSigned.signatureName(identity.key()));
            signature.initSign(identity.key());
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(identity.certificate().getPublicKey());
            signature.update(probe);
            return signature.verify(signed);
        } catch (java.security.InvalidKeyException | java.security.SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IdentityException("server key: " + e.getMessage(), e);
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ServerIdentity[%s]".formatted(certificate().getSubjectX500Principal());
    }
}
