// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.GrowingLog;
import attestation.fixtures.Swtpm;
import attestation.fixtures.TestPki;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Certificates and client CAs that change while the daemon runs. */
class DaemonReloadTest {
    @TempDir Path folder;

    @Test
    void reload_withAnotherClientCa_takesItAndClosesWhatIsNoLongerTrusted() throws Exception {
        Path ca = Files.copy(TestPki.ec().ca(), folder.resolve("clients.pem"));
        try (Swtpm tpm = Swtpm.builder().shared().start();
                TestDaemon own =
                        new TestDaemon(folder, tpm.tcti(), GrowingLog.in(folder, tpm))
                                .set("https.trusted_client_ca", "[" + TestDaemon.quoted(ca) + "]")
                                .start()
                                .awaitServing()) {
            Visitor trusted = own.visitor();
            assertEquals(200, trusted.get("/version").status());
            Files.copy(TestPki.ec().otherCa(), ca, StandardCopyOption.REPLACE_EXISTING);
            own.agent().reload();
            assertThrows(IOException.class, () -> own.visitor().get("/version"));
            Visitor foreign = new Visitor(own, TestPki.ec().foreignClient());
            assertEquals(200, foreign.get("/version").status());
            Files.writeString(ca, "not a certificate");
            own.agent().reload();
            assertTrue(own.journal().text().contains("reload failed"), own.journal().text());
            assertEquals(
                    200, new Visitor(own, TestPki.ec().foreignClient()).get("/version").status());
        }
    }

    @Test
    void hangUp_changedConfiguration_rightsAndCasCountAtOnceTheRestIsSaid() throws Exception {
        try (Swtpm tpm = Swtpm.builder().shared().start();
                TestDaemon own =
                        new TestDaemon(folder, tpm.tcti(), GrowingLog.in(folder, tpm))
                                .start()
                                .awaitServing()) {
            Visitor known = own.visitor();
            String quote = "/v2.6/quotes/identity?nonce=abc";
            assertEquals(200, known.get(quote).status());
            own.set("https.allow", "[\"dns:nobody.example quotes\"]");
            own.set("agent.contact_port", "9555");
            own.hangUp();
            assertEquals(400, known.get(quote).status());
            assertTrue(
                    own.journal()
                            .text()
                            .contains(
                                    "takes effect at a restart only key=agent.contact_port"
                                            + " value=9555"),
                    own.journal().text());
            own.set("https.allow", "[]");
            own.set(
                    "https.trusted_client_ca",
                    "[" + TestDaemon.quoted(TestPki.ec().otherCa()) + "]");
            own.hangUp();
            assertThrows(IOException.class, () -> own.visitor().get("/version"));
            Visitor foreign = new Visitor(own, TestPki.ec().foreignClient());
            assertEquals(200, foreign.get(quote).status());
        }
    }

    @Test
    void hangUp_certificateIssuedAnew_servedToNewConnections() throws Exception {
        try (Swtpm tpm = Swtpm.builder().shared().start();
                TestDaemon own =
                        new TestDaemon(folder, tpm.tcti(), GrowingLog.in(folder, tpm))
                                .start()
                                .awaitServing()) {
            Visitor before = own.visitor();
            assertEquals(200, before.get("/version").status());
            Path key = own.state().resolve("server-private.pem");
            Files.copy(TestPki.ec().server().key(), key, StandardCopyOption.REPLACE_EXISTING);
            own.hangUp();
            assertTrue(own.journal().text().contains("is not the key of"), own.journal().text());
            assertEquals(200, own.visitor().get("/version").status());
            Files.copy(
                    TestPki.ec().server().certificate(),
                    own.certificate(),
                    StandardCopyOption.REPLACE_EXISTING);
            own.hangUp();
            assertEquals(
                    200,
                    own.visitor().get("/version").status(),
                    "new connections meet the new certificate");
            assertEquals(200, before.get("/version").status(), "the old connection goes on");
        }
    }
}
