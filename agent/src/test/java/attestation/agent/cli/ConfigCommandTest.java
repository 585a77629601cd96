// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@code agent config} over Keylime's configuration, in a process with its own environment. */
class ConfigCommandTest {
    @TempDir Path folder;

    private Path keylime(String... lines) throws IOException {
        Path state = Files.createDirectories(folder.resolve("state"));
        Path ca = Files.writeString(folder.resolve("ca.pem"), "");
        return Files.writeString(
                folder.resolve("agent.conf"),
                "[agent]\nkeylime_dir = '%s'\ntrusted_client_ca = '%s'\n".formatted(state, ca)
                        + "run_as = ''\n"
                        + String.join("\n", lines)
                        + "\n");
    }

    @Test
    void show_keylimesFile_originsWithKeylimesNames() throws Exception {
        Path file = keylime("port = 9003", "tpm_ownerpassword = 'hunter2'");
        Files.createDirectories(folder.resolve("agent.conf.d"));
        Files.writeString(
                folder.resolve("agent.conf.d/10.conf"), "[agent]\ncontact_ip = '192.0.2.9'\n");

        CommandProcess done =
                CommandProcess.run(
                        Map.of("KEYLIME_AGENT_REGISTRAR_IP", "192.0.2.1"),
                        "config",
                        "show",
                        "--config",
                        file.toString());

        assertEquals(0, done.exitCode(), done.err());
        assertEquals(
                "# Keylime's configuration " + file + ", since it has Keylime's option keylime_dir",
                done.out().lines().findFirst().orElse(""));
        assertLine(done.out(), "https.port = 9003", "# " + file + ":5 (port)");
        assertLine(
                done.out(),
                "agent.contact_ip = \"192.0.2.9\"",
                "# " + file + ".d/10.conf:2 (contact_ip)");
        assertLine(
                done.out(),
                "registrar.ip = \"192.0.2.1\"",
                "# environment KEYLIME_AGENT_REGISTRAR_IP (registrar_ip)");
        assertLine(done.out(), "tpm.hash_alg = \"sha256\"", "# Keylime's default (tpm_hash_alg)");
        assertFalse(done.out().contains("hunter2"), done.out());
    }

    @Test
    void check_variableNamesTheFile_warningsAndVerdict() throws Exception {
        Path file = keylime("tmp_hash_alg = 'sha1'", "enable_revocation_notifications = true");

        CommandProcess done =
                CommandProcess.run(
                        Map.of("KEYLIME_AGENT_CONFIG", file.toString()), "config", "check");

        assertEquals(0, done.exitCode(), done.err());
        assertTrue(done.out().contains("since KEYLIME_AGENT_CONFIG names it"), done.out());
        assertTrue(done.out().endsWith("configuration is good\n"), done.out());
        assertTrue(
                done.err()
                        .contains(
                                "agent: warning: unknown option tmp_hash_alg, so it is not used;"
                                        + " nearest known option: tpm_hash_alg ["
                                        + file
                                        + ":5]"),
                done.err());
        assertTrue(
                done.err()
                        .contains(
                                "agent: warning: enable_revocation_notifications: deprecated, not"
                                        + " used; replaced by the verifier's webhook"),
                done.err());
    }

    @Test
    void check_badValues_allWithFileAndLineAndExit78() throws Exception {
        Path file = keylime("port = 'x'", "tpm_hash_alg = 'md5'");

        CommandProcess done =
                CommandProcess.run(Map.of(), "config", "check", "--config", file.toString());

        assertEquals(78, done.exitCode(), done.out());
        assertTrue(
                done.err()
                        .contains(
                                "agent: port: \"x\" (expected: a whole number) [" + file + ":5]\n"),
                done.err());
        assertTrue(done.err().contains("tpm_hash_alg: \"md5\""), done.err());
        assertTrue(done.err().contains(file + ":6]"), done.err());
        assertFalse(done.out().contains("good"), done.out());
    }

    @Test
    void check_environmentBeatsFile_badValueThereNamesTheVariable() throws Exception {
        Path file = keylime("port = 9003");

        CommandProcess done =
                CommandProcess.run(
                        Map.of("KEYLIME_AGENT_PORT", "99999"),
                        "config",
                        "check",
                        "--config",
                        file.toString());

        assertEquals(78, done.exitCode(), done.out());
        assertTrue(done.err().contains("port: 99999"), done.err());
        assertTrue(done.err().contains("[environment KEYLIME_AGENT_PORT]"), done.err());
    }

    private static void assertLine(String text, String begin, String end) {
        assertTrue(
                text.lines().anyMatch(line -> line.startsWith(begin) && line.endsWith(end)),
                begin + " … " + end + " in\n" + text);
    }
}
