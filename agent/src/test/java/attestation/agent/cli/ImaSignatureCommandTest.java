// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import attestation.agent.host.LinuxXattrs;
import attestation.fixtures.Tool;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code agent ima sign} and {@code verify} on real attributes, evmctl as the judge. */
class ImaSignatureCommandTest {
    @TempDir static Path keys;
    @TempDir Path folder;

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    @BeforeAll
    static void makeKeys() {
        for (String kind : List.of("rsa:2048", "ec")) {
            String name = kind.substring(0, 2);
            Tool.run(
                    keys,
                    Map.of(),
                    List.of(
                            "openssl",
                            "req",
                            "-x509",
                            "-newkey",
                            kind,
                            "-pkeyopt",
                            kind.equals("ec")
                                    ? "ec_paramgen_curve:P-384"
                                    : "rsa_keygen_pubexp:65537",
                            "-nodes",
                            "-subj",
                            "/CN=t",
                            "-outform",
                            "DER",
                            "-keyout",
                            name + ".pem",
                            "-out",
                            name + ".der"));
        }
        Tool.run(
                keys,
                Map.of(),
                List.of(
                        "openssl",
                        "rsa",
                        "-in",
                        "rs.pem",
                        "-aes128",
                        "-passout",
                        "pass:secret",
                        "-out",
                        "locked.pem"));
    }

    @BeforeEach
    void needsThePrivilege() throws IOException {
        Path probe = Files.createFile(folder.resolve("probe"));
        try {
            new LinuxXattrs().set(probe, "security.ima", new byte[] {1});
        } catch (IOException e) {
            assumeTrue(false, "security.ima cannot be set here: " + e.getMessage());
        }
        Files.delete(probe);
    }

    private int run(String... arguments) {
        Hooks hooks =
                new Hooks(
                        config -> 0,
                        socket -> {
                            throw new AssertionError("not asked for");
                        },
                        new StateIdentitySource());
        return new Main(
                        hooks,
                        new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                        new PrintStream(errBytes, true, StandardCharsets.UTF_8))
                .run(arguments);
    }

    private String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), "content of " + name);
    }

    private static String key(String name) {
        return keys.resolve(name).toString();
    }

    private int evmctl(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("evmctl"));
        command.addAll(List.of(arguments));
        return Tool.attempt(folder, Map.of(), command).exitCode();
    }

    @Test
    void sign_isAcceptedByEvmctlAndByVerify() throws IOException {
        String rsa = file("rsa").toString();
        String ec = file("ec").toString();
        assertEquals(0, run("ima", "sign", "--key", key("rs.pem"), rsa), err());
        assertEquals(
                0,
                run(
                        "ima",
                        "sign",
                        "--key",
                        key("ec.pem"),
                        "--cert",
                        key("ec.der"),
                        "--hash",
                        "sha512",
                        ec),
                err());
        assertEquals(0, evmctl("ima_verify", "-k", key("rs.der"), rsa));
        assertEquals(0, evmctl("ima_verify", "-k", key("ec.der"), ec));
        assertEquals(1, evmctl("ima_verify", "-k", key("ec.der"), rsa));
        assertEquals(0, run("ima", "verify", "--key", keys.toString(), "-r", folder.toString()));
        assertTrue(out().contains(ec + ": security.ima is good: signed, sha512 v2 key"), out());
    }

    @Test
    void verify_portableEvmOfEvmctl_isGood_untilTheModeChanges() throws IOException {
        Path file = file("portable");
        String name = file.toString();
        assertEquals(0, evmctl("sign", "--imasig", "-o", "-k", key("rs.pem"), name));
        assertEquals(0, run("ima", "verify", "--evm", "--key", key("rs.der"), name), out());
        Tool.run("chmod", "0711", name);
        assertEquals(1, run("ima", "verify", "--evm", "--key", key("rs.der"), name), out());
        assertTrue(out().contains("security.evm is NOT good: invalid signature"), out());
    }

    @Test
    void verify_changedAndUnsigned_areNotGoodAndNamed() throws IOException {
        Path changed = file("changed");
        run("ima", "sign", "--key", key("rs.pem"), changed.toString());
        Files.writeString(changed, "other");
        Path unsigned = file("unsigned");
        int code = run("ima", "verify", "-r", "-q", "--key", key("rs.der"), folder.toString());
        assertEquals(1, code);
        assertTrue(out().contains(changed + ": security.ima is NOT good: invalid sig"), out());
        assertTrue(out().contains(unsigned + ": security.ima is NOT good: missing"), out());
    }

    @Test
    void verify_digestThatNobodySigned_isGoodOnlyWhenAccepted() throws IOException {
        String name = file("hashed").toString();
        assertEquals(0, evmctl("ima_hash", name));
        assertEquals(1, run("ima", "verify", "--key", key("rs.der"), name));
        assertEquals(0, run("ima", "verify", "--accept-digest", "--key", key("rs.der"), name));
    }

    @Test
    void verify_nothingBelowTheFolder_isNotGood() {
        assertEquals(1, run("ima", "verify", "-r", "--key", keys.toString(), folder.toString()));
        assertTrue(err().contains("no file to verify"), err());
    }

    @Test
    void verify_keyThatIsNone_namesItAndStops() throws IOException {
        String name = file("file").toString();
        assertEquals(ExitCodes.UNAVAILABLE, run("ima", "verify", "--key", name, name));
        assertTrue(err().contains("key " + name + ": not a key (expected: an X.509"), err());
    }

    @Test
    void sign_wrongKeys_areNamedAndNothingIsSigned() throws IOException {
        Path file = file("file");
        String name = file.toString();
        int other = run("ima", "sign", "--key", key("rs.pem"), "--cert", key("ec.der"), name);
        assertEquals(ExitCodes.UNAVAILABLE, other);
        assertTrue(err().contains("of another key"), err());
        assertEquals(ExitCodes.UNAVAILABLE, run("ima", "sign", "--key", key("locked.pem"), name));
        assertTrue(err().contains("encrypted (expected: without password"), err());
        assertEquals(ExitCodes.UNAVAILABLE, run("ima", "sign", "--key", key("rs.der"), name));
        assertTrue(err().contains("not a private key (expected: RSA or EC in PEM)"), err());
        assertEquals(
                ExitCodes.USAGE,
                run("ima", "sign", "--key", key("rs.pem"), "--hash", "sha255", name));
        assertTrue(err().contains("--hash: sha255 (expected: sha256)"), err());
        assertEquals(Optional.empty(), new LinuxXattrs().get(file, "security.ima"));
    }

    @Test
    void get_ofFileThatIsNotThere_saysSo() {
        IOException e =
                org.junit.jupiter.api.Assertions.assertThrows(
                        IOException.class,
                        () -> new LinuxXattrs().get(folder.resolve("nope"), "security.ima"));
        assertEquals("cannot read security.ima: no such file", e.getMessage());
    }
}
