// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.status.Health;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

class ServerIdentityTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:20:30Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Duration TEN_YEARS = Duration.ofDays(3650);

    @TempDir Path directory;
    private StateFile key;
    private StateFile certificate;

    @BeforeEach
    void open() {
        var state = new StateDirectory(directory, CLOCK);
        key = state.file(StateDirectory.SERVER_KEY);
        certificate = state.file(StateDirectory.SERVER_CERTIFICATE);
    }

    private ServerIdentity identity(String contact, String password) throws Exception {
        var issuer = new SelfSigned("the-id", contact, TEN_YEARS, CLOCK);
        return ServerIdentity.loadOrCreate(key, password, certificate, issuer, new SecureRandom());
    }

    @Test
    void create_nothingThere_certificateThatOpensslVerifiesUnderItsOwnKey() throws Exception {
        ServerIdentity made = identity("192.0.2.7", "");

        String file = certificate.path().toString();
        Tool.run(
                directory,
                "openssl",
                "verify",
                "-x509_strict",
                "-check_ss_sig",
                "-purpose",
                "sslserver",
                "-attime",
                "1800000000",
                "-CAfile",
                file,
                file);
        String text = Tool.run(directory, "openssl", "x509", "-in", file, "-noout", "-text");
        assertTrue(text.contains("Subject: CN = the-id"), text);
        assertTrue(
                text.contains(
                        "DNS:localhost, DNS:localhost.domain, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:192.0.2.7"),
                text);
        assertTrue(text.contains("ASN1 OID: prime256v1"), text);
        assertEquals(1, made.certificate().getSerialNumber().signum());
        assertEquals(NOW.plus(TEN_YEARS), made.certificate().getNotAfter().toInstant());
        assertEquals(Files.readString(certificate.path()), made.certificatePem());
        assertTrue(Files.readString(key.path()).startsWith("-----BEGIN PRIVATE KEY-----\n"));
    }

    @Test
    void create_contactIsAName_dnsName() throws Exception {
        identity("agent-1.example.org", "");

        String text =
                Tool.run(
                        directory,
                        "openssl",
                        "x509",
                        "-in",
                        certificate.path().toString(),
                        "-noout",
                        "-ext",
                        "subjectAltName");
        assertTrue(text.contains("DNS:agent-1.example.org"), text);
    }

    @Test
    void create_contactIsBracketedIpv6OrAKnownName_noDuplicate() throws Exception {
        identity("[::1]", "");

        String text =
                Tool.run(
                        directory,
                        "openssl",
                        "x509",
                        "-in",
                        certificate.path().toString(),
                        "-noout",
                        "-ext",
                        "subjectAltName");
        assertEquals(1, text.split("IP Address:0:0:0:0:0:0:0:1", -1).length - 1, text);
    }

    @Test
    void load_again_sameBytesAndSameKey() throws Exception {
        ServerIdentity made = identity("192.0.2.7", "");
        byte[] keyBytes = Files.readAllBytes(key.path());
        byte[] certificateBytes = Files.readAllBytes(certificate.path());
        ServerIdentity again = identity("192.0.2.99", "");

        assertEquals(made.certificate(), again.certificate());
        assertArrayEquals(keyBytes, Files.readAllBytes(key.path()));
        assertArrayEquals(certificateBytes, Files.readAllBytes(certificate.path()));
    }

    @Test
    void load_filesOfKeylimesAgent_takenAsTheyAre() throws Exception {
        Files.write(key.path(), AgentDataTest.resource("server-private.pem"));
        Files.write(certificate.path(), AgentDataTest.resource("server-cert.crt"));
        ServerIdentity taken = identity("192.0.2.7", "");

        assertEquals("0", taken.certificate().getSerialNumber().toString());
        assertArrayEquals(
                AgentDataTest.resource("server-cert.crt"), Files.readAllBytes(certificate.path()));
    }

    @Test
    void load_keyWithoutCertificate_certificateForThatKey() throws Exception {
        for (String kind :
                new String[] {
                    "EC -pkeyopt ec_paramgen_curve:P-384", "RSA -pkeyopt rsa_keygen_bits:2048"
                }) {
            Files.deleteIfExists(certificate.path());
            var command = ("openssl genpkey -out " + key.path() + " -algorithm " + kind).split(" ");
            Tool.run(directory, command);
            identity("192.0.2.7", "");

            String file = certificate.path().toString();
            Tool.run(
                    directory, "openssl", "verify", "-attime", "1800000000", "-CAfile", file, file);
            assertEquals(
                    Tool.run(directory, "openssl", "pkey", "-in", key.path().toString(), "-pubout"),
                    Tool.run(directory, "openssl", "x509", "-in", file, "-noout", "-pubkey"));
        }
    }

    @Test
    void load_traditionalKeys_taken() throws Exception {
        Tool.run(
                directory,
                "openssl",
                "ecparam",
                "-genkey",
                "-noout",
                "-name",
                "prime256v1",
                "-out",
                key.path().toString());
        assertTrue(Files.readString(key.path()).startsWith("-----BEGIN EC PRIVATE KEY"));
        assertEquals("EC", identity("x", "").certificate().getPublicKey().getAlgorithm());
    }

    @Test
    void load_otherKeysCertificate_errorNamesBoth() throws Exception {
        identity("192.0.2.7", "");
        Files.write(key.path(), AgentDataTest.resource("server-private.pem"));

        var e = assertThrows(IdentityException.class, () -> identity("192.0.2.7", ""));
        assertEquals(
                "%s is not the key of %s (expected: a pair); put the matching file back"
                        .formatted(key, certificate),
                e.getMessage());
    }

    @Test
    void load_certificateWithoutKey_errorAndNothingMade() throws Exception {
        Files.write(certificate.path(), AgentDataTest.resource("server-cert.crt"));

        var e = assertThrows(IdentityException.class, () -> identity("192.0.2.7", ""));
        assertTrue(
                e.toString().contains(certificate + " is there, but its key " + key + " is not"),
                e.toString());
        assertFalse(key.exists());
    }

    @Test
    void load_damagedKey_errorAndFileKept() throws Exception {
        Files.writeString(
                key.path(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        var e = assertThrows(IdentityException.class, () -> identity("192.0.2.7", ""));
        assertEquals(
                key + ": not a private key that can be used (expected: RSA or EC, PKCS#8)",
                e.getMessage());
        assertTrue(key.exists());
    }

    @Test
    void create_withPassword_opensslReadsItAndWeReadOpenssls() throws Exception {
        ServerIdentity made = identity("192.0.2.7", "pass word");
        String file = key.path().toString();
        assertTrue(Files.readString(key.path()).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY"));
        Tool.run(directory, "openssl", "pkey", "-in", file, "-passin", "pass:pass word", "-noout");
        Tool.run(
                directory,
                "openssl",
                "pkcs8",
                "-topk8",
                "-v2",
                "aes-256-cbc",
                "-in",
                file,
                "-passin",
                "pass:pass word",
                "-passout",
                "pass:other",
                "-out",
                file + "2");
        Files.move(
                Path.of(file + "2"), key.path(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertArrayEquals(
                made.key().getEncoded(), identity("192.0.2.7", "other").key().getEncoded());
        var e = assertThrows(IdentityException.class, () -> identity("192.0.2.7", "wrong"));
        assertEquals(key + ": cannot be decrypted; is the password right?", e.getMessage());
        e = assertThrows(IdentityException.class, () -> identity("192.0.2.7", ""));
        assertEquals(
                key + ": encrypted, but no password is configured (expected: one)", e.getMessage());
    }

    @Test
    void section_age_warnsSixtyDaysBefore() throws Exception {
        ServerIdentity made = identity("192.0.2.7", "");
        Instant end = NOW.plus(TEN_YEARS);

        assertEquals(Health.OK, health(made, end.minus(Duration.ofDays(61))));
        assertEquals(Health.DEGRADED, health(made, end.minus(Duration.ofDays(59))));
        assertEquals(Health.FAILING, health(made, end));
        assertEquals(Health.FAILING, health(made, NOW.minus(Duration.ofDays(1))));
        var section =
                new CertificateSection(
                                () -> made,
                                Clock.fixed(end.minus(Duration.ofDays(10)), ZoneOffset.UTC))
                        .section();
        assertEquals("certificate ends in 10 days, " + end, section.reason());
        assertTrue(
                section.next().startsWith("move server key and certificate away"), section.next());
    }

    private static Health health(ServerIdentity identity, Instant now) {
        return new CertificateSection(() -> identity, Clock.fixed(now, ZoneOffset.UTC))
                .section()
                .health();
    }
}
