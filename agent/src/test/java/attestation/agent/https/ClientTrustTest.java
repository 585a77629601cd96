// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Chains as a stranger may send them, all made by openssl. */
class ClientTrustTest {
    private static final String CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n";

    @TempDir static Path dir;
    private static Pki pki = new Pki(Path.of("/"));

    @BeforeAll
    static void makePki() throws Exception {
        pki = new Pki(dir);
        Files.writeString(pki.file("ca.ext"), CA);
        pki.ca("ca");
        pki.ca("other-ca");
        pki.ca("inter");
        issue("inter-by-ca", "inter", "ca", 1);
        issue("inter-by-other", "inter", "other-ca", 2);
        pki.leaf("client", "inter", "-days 30", "extendedKeyUsage=clientAuth");
    }

    /** Another certificate for the name and key of {@code subject}. */
    private static void issue(String name, String subject, String issuer, int serial)
            throws Exception {
        Path request = pki.file(name + ".csr");
        pki.openssl(
                "req -new -key %s -subj /CN=%s -out %s"
                        .formatted(pki.key(subject), subject, request));
        pki.openssl(
                "x509 -req -in %s -CA %s -CAkey %s -set_serial %d -days 30 -extfile %s -out %s"
                        .formatted(
                                request,
                                pki.cert(issuer),
                                pki.key(issuer),
                                serial,
                                pki.file("ca.ext"),
                                pki.cert(name)));
    }

    private static ClientTrust trust() throws Exception {
        return new ClientTrust(List.of(pki.certificate("ca")), Clock.systemUTC());
    }

    private static X509Certificate[] chain(String... names) throws Exception {
        List<X509Certificate> chain = new ArrayList<>();
        for (String name : names) {
            chain.add(pki.certificate(name));
        }
        return chain.toArray(X509Certificate[]::new);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client,inter-by-ca",
                "client,inter-by-ca,ca",
                "client,ca,inter-by-ca",
                "client,inter-by-other,inter-by-ca",
                "client,inter-by-other,other-ca,inter-by-ca,ca",
                "client,inter-by-ca,inter-by-ca,inter-by-ca,inter-by-ca",
            })
    void check_pathIsThere_isFoundWhateverElseWasSent(String names) throws Exception {
        X509Certificate[] chain = chain(names.split(","));
        trust().check(chain);
        assertEquals("CN=client", chain[0].getSubjectX500Principal().getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "client,inter-by-other,other-ca"})
    void check_noPath_isUntrusted(String names) throws Exception {
        ClientTrust trust = trust();
        X509Certificate[] chain = chain(names.split(","));
        var refused = assertThrows(ClientRefused.class, () -> trust.check(chain));
        assertEquals(Refusal.Kind.UNTRUSTED, refused.kind());
    }

    /**
     * Eight CAs of one name and one key, each of which may have issued each other; their sender
     * needs no certificate of ours. A search of all their orders would not end before the test
     * does.
     */
    @Test
    void check_manyCertificatesOfOneNameAndKey_isUntrusted() throws Exception {
        pki.ca("rung");
        List<String> names = new ArrayList<>(List.of("climber"));
        for (int serial = 1; serial <= 8; serial++) {
            issue("rung" + serial, "rung", "rung", serial);
            names.add("rung" + serial);
        }
        pki.leaf("climber", "rung", "-days 30", "extendedKeyUsage=clientAuth");
        ClientTrust trust = trust();
        X509Certificate[] chain = chain(names.toArray(String[]::new));

        var refused = assertThrows(ClientRefused.class, () -> trust.check(chain));

        assertEquals(Refusal.Kind.UNTRUSTED, refused.kind());
    }
}
