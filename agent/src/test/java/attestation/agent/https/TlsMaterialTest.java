// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keys and certificates in every form that openssl writes. */
class TlsMaterialTest {
    @TempDir static Path dir;
    private static Pki pki = new Pki(Path.of("/"));

    @BeforeAll
    static void makePki() throws Exception {
        pki = new Pki(dir);
        pki.ca("ca");
        pki.ca("other-ca");
        pki.leaf("client", "ca", "-days 30", "extendedKeyUsage=clientAuth");
        pki.leaf("server", "ca", "-days 30", "subjectAltName=IP:127.0.0.1");
    }

    /** A server key of the given kind, certified, in PKCS#8. */
    private static void makeKey(String name, String algorithm, String option) throws Exception {
        pki.openssl(
                "genpkey -algorithm "
                        + algorithm
                        + " -pkeyopt "
                        + option
                        + " -out "
                        + pki.key(name));
        pki.openssl(
                "req -new -subj /CN=s -key "
                        + pki.key(name)
                        + " -out "
                        + dir
                        + "/"
                        + name
                        + ".csr");
        pki.sign(name, "ca", "-days 30", "subjectAltName=IP:127.0.0.1");
    }

    private static TlsMaterial load(Path key, String password, Path certificate)
            throws TlsMaterialException {
        List<Path> cas = List.of(pki.cert("ca"));
        return TlsMaterial.load(new TlsFiles(key, password.toCharArray(), certificate, cas));
    }

    private static String loadFails(Path key, String password, Path certificate) {
        var e = assertThrows(TlsMaterialException.class, () -> load(key, password, certificate));
        return String.valueOf(e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "p256,EC,ec_paramgen_curve:P-256",
        "p384,EC,ec_paramgen_curve:P-384",
        "p521,EC,ec_paramgen_curve:P-521",
        "rsa2048,RSA,rsa_keygen_bits:2048",
    })
    void load_everyKindOfKeyInEveryForm_serves(String name, String algorithm, String option)
            throws Exception {
        makeKey(name, algorithm, option);
        Path sealed = pki.file(name + ".sealed");
        Path sha1 = pki.file(name + ".sha1");
        Path legacy = pki.file(name + ".legacy");
        Path legacySealed = pki.file(name + ".legacy-sealed");
        String in = " -in " + pki.key(name) + " -out ";
        pki.openssl("pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret" + in + sealed);
        pki.openssl("pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:secret" + in + sha1);
        String tool = algorithm.equals("RSA") ? "rsa -traditional" : "ec";
        pki.openssl(tool + in + legacy);
        pki.openssl(tool + " -aes256 -passout pass:secret" + in + legacySealed);
        assertTrue(Files.readString(legacy).contains("BEGIN " + algorithm + " PRIVATE KEY"));
        BigInteger expected = secret(load(pki.key(name), "", pki.cert(name)));
        for (Path form : List.of(sealed, sha1, legacySealed)) {
            assertEquals(expected, secret(load(form, "secret", pki.cert(name))), form.toString());
        }
        assertEquals(expected, secret(load(legacy, "", pki.cert(name))));
        serves(TlsProvider.BORINGSSL, load(sealed, "secret", pki.cert(name)));
        serves(TlsProvider.JDK, load(sealed, "secret", pki.cert(name)));
    }

    /** Encodings of one key differ, with the public half in it or not; the number does not. */
    private static BigInteger secret(TlsMaterial material) {
        return switch (material.key()) {
            case ECPrivateKey ec -> ec.getS();
            case RSAPrivateKey rsa -> rsa.getPrivateExponent();
            default -> throw new AssertionError(material.key().getAlgorithm());
        };
    }

    private static void serves(TlsProvider provider, TlsMaterial material) throws Exception {
        HttpsSettings settings =
                new HttpsSettings(List.of("127.0.0.1"), 0, true, provider, 1, Limits.with(l -> {}));
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            try (TestServer server =
                            new TestServer(
                                    settings, Optional.of(material), e -> TestServer.text("ok"));
                    RawClient client = RawClient.tls(server.port, pki.client("client"), protocol)) {
                assertEquals("ok", client.get("/").text());
            }
        }
    }

    @Test
    void load_wrongOrNoPassword_saysSoAndNeverEchoesIt() throws Exception {
        Path sealed = pki.file("x.sealed");
        pki.openssl(
                "pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret -in "
                        + pki.key("server")
                        + " -out "
                        + sealed);
        String none = loadFails(sealed, "", pki.cert("server"));
        assertEquals(
                sealed + ": key is encrypted and no password is set; set the key's password", none);
        String wrong = loadFails(sealed, "hunter2", pki.cert("server"));
        assertTrue(wrong.contains("wrong password"), wrong);
        assertTrue(!wrong.contains("hunter2"), wrong);
    }

    @Test
    void load_keyOfAnotherCertificate_namesBoth() {
        String said = loadFails(pki.key("client"), "", pki.cert("server"));
        assertEquals(
                pki.key("client")
                        + ": is not the key of "
                        + pki.cert("server")
                        + " (expected: the pair that was made together)",
                said);
    }

    @Test
    void load_filesThatAreNone_sayWhich() throws Exception {
        Path absent = pki.file("absent");
        assertTrue(loadFails(absent, "", pki.cert("server")).startsWith(absent + ": no such file"));
        Path text = Files.writeString(pki.file("text"), "hello");
        assertTrue(loadFails(text, "", pki.cert("server")).contains("no private key"));
        assertTrue(loadFails(pki.key("server"), "", text).contains("0 certificates"));
        Path cut = Files.writeString(pki.file("cut"), "-----BEGIN CERTIFICATE-----\nMIIB\n");
        assertTrue(loadFails(pki.key("server"), "", cut).contains("without its end"));
        Path junk =
                Files.writeString(
                        pki.file("junk"),
                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertTrue(loadFails(pki.key("server"), "", junk).contains("cannot be decoded"));
        Path huge = Files.write(pki.file("huge"), new byte[(1 << 20) + 1]);
        assertTrue(loadFails(huge, "", pki.cert("server")).contains("longer than"));
    }

    @Test
    void load_severalCasInSeveralFiles_areAllTrusted() throws Exception {
        Path both =
                Files.writeString(
                        pki.file("both.pem"),
                        Files.readString(pki.cert("ca")) + Files.readString(pki.cert("other-ca")));
        TlsFiles files =
                new TlsFiles(
                        pki.key("server"),
                        new char[0],
                        pki.cert("server"),
                        List.of(both, pki.cert("ca")));
        assertEquals(2, TlsMaterial.load(files).clientCas().size());
    }

    @Test
    void of_noClientCa_isRefused() throws Exception {
        TlsMaterial whole = load(pki.key("server"), "", pki.cert("server"));
        assertThrows(
                TlsMaterialException.class,
                () -> TlsMaterial.of(whole.key(), whole.chain(), List.of()));
    }

    @Test
    void trust_caThatHasExpired_isNoLongerTrusted() throws Exception {
        pki.openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj"
                        + " /CN=short-ca -keyout "
                        + pki.key("short-ca")
                        + " -out "
                        + pki.cert("short-ca")
                        + " -addext basicConstraints=critical,CA:TRUE");
        pki.leaf("outlives", "short-ca", "-days 30", "extendedKeyUsage=clientAuth");
        X509Certificate[] chain = {pki.certificate("outlives")};
        List<X509Certificate> cas = List.of(pki.certificate("short-ca"));
        new ClientTrust(cas, Clock.systemUTC()).check(chain);
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
        ClientRefused e =
                assertThrows(ClientRefused.class, () -> new ClientTrust(cas, later).check(chain));
        assertEquals(Refusal.Kind.EXPIRED, e.kind());
        assertTrue(String.valueOf(e.getMessage()).startsWith("CN=short-ca "), e.getMessage());
    }
}
