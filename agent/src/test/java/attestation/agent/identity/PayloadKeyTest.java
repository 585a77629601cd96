// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;

class PayloadKeyTest {
    @TempDir Path directory;
    private StateFile file;

    @BeforeEach
    void open() {
        file = new StateDirectory(directory, Clock.systemUTC()).file(StateDirectory.PAYLOAD_KEY);
    }

    private PayloadKey load(String password) throws Exception {
        return PayloadKey.loadOrCreate(file, password, new SecureRandom());
    }

    @Test
    void create_thenLoad_samePublicTextAsOpensslPrints() throws Exception {
        String made = load("").publicPem();

        assertEquals(made, load("").publicPem());
        assertEquals(451, made.length());
        assertEquals(
                made, Tool.run(directory, "openssl", "pkey", "-in", file.toString(), "-pubout"));
    }

    @Test
    void load_encryptedFileOfKeylimesAgent_itsKey() throws Exception {
        Files.write(file.path(), AgentDataTest.resource("payload-private.pem"));

        assertEquals(
                Tool.run(
                        directory,
                        "openssl",
                        "pkey",
                        "-in",
                        file.toString(),
                        "-passin",
                        "pass:geheim",
                        "-pubout"),
                load("geheim").publicPem());
    }

    @Test
    void decrypt_encryptedByOpenssl_plain() throws Exception {
        PayloadKey key = load("");
        Files.writeString(directory.resolve("pub.pem"), key.publicPem());
        Files.writeString(directory.resolve("plain"), "0123456789abcdef");
        Tool.run(
                directory,
                "openssl",
                "pkeyutl",
                "-encrypt",
                "-pubin",
                "-inkey",
                "pub.pem",
                "-pkeyopt",
                "rsa_padding_mode:oaep",
                "-in",
                "plain",
                "-out",
                "sealed");
        byte[] sealed = Files.readAllBytes(directory.resolve("sealed"));

        assertArrayEquals(
                "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                key.decrypt(sealed));
        sealed[9] ^= 1;
        assertThrows(GeneralSecurityException.class, () -> key.decrypt(sealed));
        assertThrows(GeneralSecurityException.class, () -> key.decrypt(new byte[3]));
    }

    @Test
    void load_otherSize_refusedAndKept() throws Exception {
        Tool.run(
                directory,
                "openssl",
                "genpkey",
                "-algorithm",
                "RSA",
                "-pkeyopt",
                "rsa_keygen_bits:3072",
                "-out",
                file.toString());
        byte[] before = Files.readAllBytes(file.path());

        var e = assertThrows(IdentityException.class, () -> load(""));
        assertEquals(file + ": RSA 3072 key (expected: RSA with 2048 bits)", e.getMessage());
        assertArrayEquals(before, Files.readAllBytes(file.path()));
    }
}
