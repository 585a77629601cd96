// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A small PKI made by openssl: names of certificates are names of files. */
final class Pki {
    private final Path dir;

    Pki(Path dir) {
        this.dir = dir;
    }

    Path file(String name) {
        return dir.resolve(name);
    }

    Path key(String name) {
        return file(name + ".key");
    }

    Path cert(String name) {
        return file(name + ".crt");
    }

    /** CA, other CA, server and the usual clients, good and bad. */
    static Pki standard(Path dir) throws Exception {
        Pki pki = new Pki(dir);
        pki.ca("ca");
        pki.ca("other-ca");
        pki.leaf("server", "ca", "-days 30", "subjectAltName=IP:127.0.0.1,DNS:localhost");
        pki.leaf("client", "ca", "-days 30", "extendedKeyUsage=clientAuth");
        pki.leaf("plain-client", "ca", "-days 30", "subjectAltName=DNS:plain");
        pki.leaf("server-only", "ca", "-days 30", "extendedKeyUsage=serverAuth");
        pki.leaf("other-client", "other-ca", "-days 30", "extendedKeyUsage=clientAuth");
        pki.leaf(
                "expired",
                "ca",
                "-not_before 20200101000000Z -not_after 20200201000000Z",
                "extendedKeyUsage=clientAuth");
        pki.leaf(
                "future",
                "ca",
                "-not_before 20990101000000Z -not_after 20991231000000Z",
                "extendedKeyUsage=clientAuth");
        return pki;
    }

    void ca(String name) throws Exception {
        openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN="
                        + name
                        + " -keyout "
                        + key(name)
                        + " -out "
                        + cert(name)
                        + " -addext basicConstraints=critical,CA:TRUE"
                        + " -addext keyUsage=critical,keyCertSign,cRLSign");
    }

    void leaf(String name, String ca, String validity, String extension) throws Exception {
        openssl(
                "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN="
                        + name
                        + " -keyout "
                        + key(name)
                        + " -out "
                        + file(name + ".csr"));
        sign(name, ca, validity, extension);
    }

    /** By {@code openssl ca}, which alone can set both ends of the validity. */
    void sign(String name, String ca, String validity, String extension) throws Exception {
        Path config = file(name + ".cnf");
        Files.writeString(
                config,
                "[ca]\ndefault_ca=d\n[d]\ndatabase="
                        + file(name + ".db")
                        + "\nnew_certs_dir="
                        + dir
                        + "\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n"
                        + "[p]\ncommonName=supplied\n[x]\nbasicConstraints=CA:FALSE\n"
                        + extension
                        + "\n");
        Files.writeString(file(name + ".db"), "");
        String dates = validity.replace("-not_before", "-startdate");
        openssl(
                "ca -batch -notext -config "
                        + config
                        + " -extensions x -cert "
                        + cert(ca)
                        + " -keyfile "
                        + key(ca)
                        + " -in "
                        + file(name + ".csr")
                        + " -out "
                        + cert(name)
                        + " "
                        + dates.replace("-not_after", "-enddate"));
    }

    void openssl(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("openssl " + arguments + "\n" + said);
        }
    }

    TlsMaterial material(String... cas) throws TlsMaterialException {
        return TlsMaterial.load(files("server", cas));
    }

    TlsFiles files(String server, String... cas) {
        List<Path> files = new ArrayList<>();
        for (String ca : cas) {
            files.add(cert(ca));
        }
        return new TlsFiles(key(server), new char[0], cert(server), files);
    }

    /** A client that trusts the test CA and shows the named certificate, or none. */
    SSLContext client(@Nullable String name) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate("ca"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(name), trust.getTrustManagers(), null);
        return context;
    }

    private KeyManager @Nullable [] keys(@Nullable String name) throws Exception {
        if (name == null) {
            return null;
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "own",
                PrivateKeys.read(key(name), new char[0]),
                new char[0],
                new X509Certificate[] {certificate(name)});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(own, new char[0]);
        return anyIssuer(factory.getKeyManagers());
    }

    /** The JDK's client would hold a certificate back that the server has not asked for. */
    private static KeyManager[] anyIssuer(KeyManager[] managers) {
        return new KeyManager[] {new Stubborn((javax.net.ssl.X509ExtendedKeyManager) managers[0])};
    }

    X509Certificate certificate(String name) throws Exception {
        try (InputStream in = Files.newInputStream(cert(name))) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** Shows its one certificate whatever issuers the server names. */
    private static final class Stubborn extends javax.net.ssl.X509ExtendedKeyManager {
        private final javax.net.ssl.X509ExtendedKeyManager own;

        Stubborn(javax.net.ssl.X509ExtendedKeyManager own) {
            this.own = own;
        }

        @Override
        public String @Nullable [] getClientAliases(
                String type, java.security.Principal @Nullable [] issuers) {
            return own.getClientAliases(type, null);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types,
                java.security.Principal @Nullable [] issuers,
                java.net.@Nullable Socket socket) {
            return "own";
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types,
                java.security.Principal @Nullable [] issuers,
                javax.net.ssl.@Nullable SSLEngine engine) {
            return "own";
        }

        @Override
        public String @Nullable [] getServerAliases(
                String type, java.security.Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type,
                java.security.Principal @Nullable [] issuers,
                java.net.@Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return own.getCertificateChain(alias);
        }

        @Override
        public java.security.@Nullable PrivateKey getPrivateKey(String alias) {
            return own.getPrivateKey(alias);
        }
    }
}
