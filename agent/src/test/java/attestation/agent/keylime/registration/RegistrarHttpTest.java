// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import attestation.agent.identity.IdentityException;
import attestation.agent.identity.SelfSigned;
import attestation.agent.identity.ServerIdentity;
import attestation.agent.identity.StateDirectory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

@Timeout(180)
class RegistrarHttpTest {
    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private ServerIdentity server;

    @BeforeEach
    void identity() throws Exception {
        server = identity("server");
    }

    private ServerIdentity identity(String name) throws Exception {
        var state = new StateDirectory(directory, Clock.systemUTC());
        return ServerIdentity.loadOrCreate(
                state.file(name + ".key"),
                "",
                state.file(name + ".crt"),
                new SelfSigned(name, "192.0.2.7", Duration.ofDays(10), Clock.systemUTC()),
                new SecureRandom());
    }

    private SSLContext serving() throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "server", server.key(), new char[0], new Certificate[] {server.certificate()});
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static SSLContext trusting(ServerIdentity identity) throws IdentityException {
        byte[] pem = identity.certificatePem().getBytes(StandardCharsets.US_ASCII);
        return RegistrarTls.trusting(pem, "ca.crt");
    }

    private HttpReply get(String host, SSLContext trust) throws Exception {
        try (var registrar =
                new ScriptedRegistrar(
                        Optional.of(serving()),
                        asked ->
                                Optional.of(
                                        ScriptedRegistrar.answer(
                                                200, ScriptedRegistrar.VERSIONS)))) {
            var address = new RegistrarAddress(host, registrar.port(), Optional.of(trust));
            return new RegistrarHttp(address, Duration.ofSeconds(5), Duration.ofSeconds(10))
                    .get("/version");
        }
    }

    @Test
    void get_trustedCaAndName_answer() throws Exception {
        assertEquals(200, get("localhost", trusting(server)).status());
    }

    @Test
    void get_otherCa_refused() throws Exception {
        SSLContext other = trusting(identity("other"));

        assertThrows(IOException.class, () -> get("localhost", other));
    }

    @Test
    void get_nameNotInCertificate_refused() throws Exception {
        SSLContext trust = trusting(server);

        assertThrows(IOException.class, () -> get("127.0.0.2", trust));
    }

    @Test
    void trusting_noCertificate_errorNamesFile() {
        var e =
                assertThrows(
                        IdentityException.class,
                        () -> RegistrarTls.trusting(new byte[0], "cv_ca/cacert.crt"));
        assertEquals(
                "cv_ca/cacert.crt: no certificate in it (expected: the registrar's CA as PEM)",
                e.getMessage());
    }

    @Test
    void authority_ipv6_bracketed() {
        assertEquals(
                "[::1]:8890", new RegistrarAddress("[::1]", 8890, Optional.empty()).authority());
        assertEquals("[::1]:8890", new RegistrarAddress("::1", 8890, Optional.empty()).authority());
    }
}
