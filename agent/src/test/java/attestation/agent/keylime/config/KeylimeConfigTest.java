// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.config.AgentConfig;
import attestation.config.FileCheck;
import attestation.config.Notice;
import attestation.config.toml.TomlValue;
import attestation.config.value.AgentId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Where Keylime's options are read from, and what belongs to more than one of them. */
class KeylimeConfigTest {
    private static final String REFUSAL =
            "The agent mTLS is disabled and 'payload_script' is not empty. To allow the agent to"
                    + " run, 'enable_insecure_payload' has to be set to 'True'";

    @TempDir Path root;

    private static String port(int port) {
        return "[agent]\nport = " + port + "\n";
    }

    @Test
    void load_everySource_strongerOnesWin() {
        KeylimeHost host = new KeylimeHost(root).file("/etc/keylime/agent.conf", "");

        assertEquals(9002, host.load().config().https().port());
        host.file("/usr/etc/keylime/agent.conf", port(1));
        assertEquals(1, host.load().config().https().port());
        host.file("/usr/etc/keylime/agent.conf.d/any", port(2));
        assertEquals(2, host.load().config().https().port());
        host.file("/etc/keylime/agent.conf", port(3));
        assertEquals(3, host.load().config().https().port());
        host.file("/etc/keylime/agent.conf.d/10.conf", port(5));
        host.file("/etc/keylime/agent.conf.d/09.conf", port(4));
        assertEquals(5, host.load().config().https().port());
        host.environment("Keylime_Agent_PORT", "6");
        assertEquals(6, host.load().config().https().port());
        host.environment("ATTESTATION_AGENT_HTTPS_PORT", "7");
        assertEquals(7, host.load().config().https().port());
        host.override("https.port", "0");
        assertEquals(0, host.load().config().https().port());
    }

    @Test
    void load_badValueThatIsOverridden_doesNotCount() {
        KeylimeHost host =
                KeylimeHost.with(root, "port = 'x'").environment("KEYLIME_AGENT_PORT", "9");

        assertEquals(9, host.load().config().https().port());
    }

    @Test
    void load_configVariable_replacesFilesButNotEnvironment() {
        KeylimeHost host =
                KeylimeHost.with(root, "port = 1")
                        .file("/other.conf", "[agent]\nport = 2\nip = '::1'\n")
                        .file("/other.conf.d/x", port(3))
                        .environment("KEYLIME_AGENT_CONFIG", root + "/other.conf")
                        .environment("KEYLIME_AGENT_IP", "::2");

        assertEquals(2, host.load().config().https().port());
        assertEquals("::2", host.load().config().https().ip());
    }

    @Test
    void load_configVariableNamesNoFile_isRefused() {
        KeylimeHost host =
                KeylimeHost.with(root).environment("KEYLIME_AGENT_CONFIG", root + "/none.conf");

        assertEquals(List.of("cannot read /none.conf: no such file [/none.conf]"), host.problems());
    }

    @Test
    void load_directoryVariable_beatsEveryOther() {
        KeylimeHost host =
                KeylimeHost.with(root, "keylime_dir = '/a'")
                        .environment("KEYLIME_AGENT_KEYLIME_DIR", "/b")
                        .environment("KEYLIME_DIR", "/c");

        assertEquals(Path.of("/c"), host.load().config().agent().stateDir());
        assertEquals(
                Path.of("/c/server-private.pem"), host.load().config().https().identity().key());
    }

    @Test
    void load_directoryIsALink_isResolved() throws IOException {
        Path real = Files.createDirectory(root.resolve("real"));
        Path link = Files.createSymbolicLink(root.resolve("link"), real);

        assertEquals(
                real.toRealPath(),
                KeylimeHost.with(root, "keylime_dir = '" + link + "'")
                        .load()
                        .config()
                        .agent()
                        .stateDir());
    }

    @Test
    void load_filesRequired_tellsKeylimesNames() {
        assertEquals(
                List.of(
                        "keylime_dir: cannot read /none: no such directory"
                                + " [/etc/keylime/agent.conf:2]",
                        "trusted_client_ca: cannot read /none/cv_ca/cacert.crt: no such file"
                                + " [Keylime's default]"),
                KeylimeHost.with(root, "keylime_dir = '" + root + "/none'")
                        .problems(FileCheck.REQUIRED));
    }

    @Test
    void load_backupsAndHiddenFiles_areSkippedAndTold() {
        KeylimeHost host = KeylimeHost.with(root);
        for (String name :
                List.of("a~", "b.bak", "c.rpmsave", "d.dpkg-old", ".e", "f.rpmnew", "#g#")) {
            host.file("/etc/keylime/agent.conf.d/" + name, "not TOML");
        }
        host.file("/etc/keylime/agent.conf.d/sub/x", "not TOML");
        host.file("/etc/keylime/agent.conf.d/no-suffix", port(7));

        assertEquals(7, host.load().config().https().port());
        assertEquals(
                List.of("#g#", ".e", "a~", "b.bak", "c.rpmsave", "d.dpkg-old", "f.rpmnew", "sub"),
                host.notices(Notice.Level.INFO).stream()
                        .filter(text -> text.startsWith("not read: "))
                        .map(text -> text.replaceFirst(".*/(.*)\\]", "$1"))
                        .toList());
    }

    @Test
    void load_brokenToml_isRefusedWithLineInEveryFile() {
        KeylimeHost host =
                KeylimeHost.with(root, "port = ")
                        .file("/etc/keylime/agent.conf.d/a", "[agent]\nip = 1\nip = 2\n")
                        .file(
                                "/etc/keylime/agent.conf.d/b",
                                "[agent]\ntpm_ownerpassword = hunter2\n");

        assertEquals(
                List.of(
                        "the line ends too early (expected: a value, or a closing quote or"
                                + " bracket) [/etc/keylime/agent.conf:2]",
                        "duplicate key agent.ip (first on line 2)"
                                + " [/etc/keylime/agent.conf.d/a:3]",
                        "not a TOML value (expected: text in quotes, a number, true or false)"
                                + " [/etc/keylime/agent.conf.d/b:2]"),
                host.problems());
    }

    @Test
    void load_fileThatIsThereButCannotBeRead_isRefused() throws IOException {
        KeylimeHost host = KeylimeHost.with(root);
        Files.createDirectories(root.resolve("usr/etc/keylime/agent.conf"));
        Files.createSymbolicLink(root.resolve("etc/keylime/agent.conf.d"), Path.of("gone"));

        assertEquals(
                List.of(
                        "cannot read /usr/etc/keylime/agent.conf: not a regular file"
                                + " [/usr/etc/keylime/agent.conf]",
                        "cannot list /etc/keylime/agent.conf.d: link to nowhere"
                                + " [/etc/keylime/agent.conf.d]"),
                host.problems());
    }

    @Test
    void load_otherSections_areWarnedAbout() {
        assertEquals(
                List.of(
                        "port is not in section [agent], so it is not read"
                                + " [/etc/keylime/agent.conf:1]",
                        "registrar.port is not in section [agent], so it is not read"
                                + " [/etc/keylime/agent.conf:3]"),
                new KeylimeHost(root)
                        .file("/etc/keylime/agent.conf", "port = 1\n[registrar]\nport = 2\n")
                        .notices(Notice.Level.WARNING));
    }

    @Test
    void load_runAs_countsForRootOnly() {
        assertEquals("", KeylimeHost.with(root).load().config().agent().runAs());
        assertEquals(
                List.of(), KeylimeHost.with(root, "uuid = 'hash_ek'").notices(Notice.Level.INFO));
        assertEquals(
                "keylime:tss", KeylimeHost.with(root).asRoot().load().config().agent().runAs());
        assertEquals(
                "", KeylimeHost.with(root, "run_as = ''").asRoot().load().config().agent().runAs());
        assertEquals(
                List.of(
                        "run_as: \"keylime\" (expected: user:group, or empty)"
                                + " [/etc/keylime/agent.conf:2]"),
                KeylimeHost.with(root, "run_as = 'keylime'").asRoot().problems());
    }

    @Test
    void load_noMutualTlsButPayloadScript_isRefusedInKeylimesWords() {
        assertEquals(
                List.of(REFUSAL + " [/etc/keylime/agent.conf:2]"),
                KeylimeHost.with(root, "enable_agent_mtls = false").problems());
        assertFalse(
                KeylimeHost.with(root, "enable_agent_mtls = false", "payload_script = ''")
                        .load()
                        .config()
                        .takesPayloads());
        assertTrue(
                KeylimeHost.with(root, "enable_agent_mtls = false", "enable_insecure_payload = 1")
                        .load()
                        .config()
                        .takesPayloads());
        assertTrue(KeylimeHost.with(root).load().config().takesPayloads());
    }

    @Test
    void load_severalBadValues_tellsAll() {
        assertEquals(
                List.of(
                        "ip: \"a b\" (expected: an IPv4 or IPv6 address or a host name)"
                                + " [/etc/keylime/agent.conf:3]",
                        "port: \"x\" (expected: a whole number)" + " [/etc/keylime/agent.conf:2]",
                        "tpm_hash_alg: \"md5\" (expected: sha1, sha256, sha384, sha512, sm3_256)"
                                + " [environment KEYLIME_AGENT_TPM_HASH_ALG]"),
                KeylimeHost.with(root, "port = 'x'", "ip = 'a b'")
                        .environment("KEYLIME_AGENT_TPM_HASH_ALG", "md5")
                        .problems());
    }

    @Test
    void load_unknownVariable_isWarnedAbout() {
        assertEquals(
                List.of(
                        "unknown option uid, so it is not used; nearest known option: uuid"
                                + " [environment KEYLIME_AGENT_UID]"),
                KeylimeHost.with(root)
                        .environment("KEYLIME_AGENT_UID", "x")
                        .notices(Notice.Level.WARNING));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a, b|a;b",
                "[a,b]|a;b",
                "[ \"a b\" , 'c,d'\te ]|a b;c,d;e",
                "``|``",
                "[]|``",
                " , ,|``",
                "\"\"|``",
                "/p/a'b|/p/a'b",
                "\"a|a",
            })
    void listText_keylimesSpellings_giveElementsWithoutQuotes(String text, String expected) {
        List<String> items =
                ListText.parse(text).values().stream()
                        .map(item -> ((TomlValue.Text) item).value())
                        .toList();

        assertEquals(Arrays.asList(expected.split(";")), items.isEmpty() ? List.of("") : items);
    }

    @Test
    void load_apiVersions_asKeylimeReadsThem() {
        assertEquals(List.of("2.6"), versions("'latest'"));
        assertEquals(List.of("2.1", "2.2", "2.3", "2.4", "2.5", "2.6"), versions("'default'"));
        assertEquals(List.of("2.1", "2.6"), versions("'[\"2.6\", 2.1, 2.6]'"));
        assertEquals(List.of("2.1", "2.2", "2.3", "2.4", "2.5", "2.6"), versions("'1.0 9.9'"));
        assertEquals(
                List.of(
                        "api_versions: \"1.0\" is not served, so it is dropped"
                                + " [/etc/keylime/agent.conf:2]",
                        "api_versions: no version is left, so all are served"
                                + " [/etc/keylime/agent.conf:2]"),
                KeylimeHost.with(root, "api_versions = '1.0'").notices(Notice.Level.WARNING));
    }

    private List<String> versions(String literal) {
        return KeylimeHost.with(root, "api_versions = " + literal)
                .load()
                .config()
                .agent()
                .apiVersions();
    }

    @Test
    void load_bootLogVariable_beatsTheOption() {
        KeylimeHost host =
                KeylimeHost.with(root, "measuredboot_ml_path = '/a'")
                        .environment("TPM_BINARY_MEASUREMENTS", "/b");

        assertEquals(Optional.of(Path.of("/b")), host.load().config().ima().bootLog());
    }

    @Test
    void load_secrets_showNowhere() {
        for (String option :
                List.of(
                        "server_key_password",
                        "payload_key_password",
                        "tpm_ownerpassword",
                        "iak_password",
                        "idevid_password")) {
            KeylimeHost good = KeylimeHost.with(root, option + " = 'hunter2'");
            assertFalse(good.load().toString().contains("hunter2"), option);
            for (String bad :
                    List.of(
                            "'hex:hunter2'",
                            "['hunter2']",
                            "hunter2",
                            "'hunter2",
                            "{a = 'hunter2'}")) {
                String told = KeylimeHost.with(root, option + " = " + bad).problems().toString();
                assertFalse(told.contains("hunter2"), told);
            }
        }
    }

    @Test
    void load_fileOfTheBenchmarks_isUnderstoodWithoutWarning() throws IOException {
        Path folder = Files.createDirectories(root.resolve("lab/keylime/cv_ca"));
        Files.writeString(folder.resolve("cacert.crt"), "");
        KeylimeHost host = new KeylimeHost(root).file("/b.conf", benchmarkFile());
        host.environment("KEYLIME_AGENT_CONFIG", root + "/b.conf")
                .environment("TCTI", "swtpm:host=127.0.0.1,port=23020");

        AgentConfig config = host.load().config();

        assertEquals(List.of(), host.notices(Notice.Level.WARNING));
        assertEquals(
                new AgentId.Fixed("d432fbb3-d2f1-4a97-9ef7-75bd81c00000"), config.agent().uuid());
        assertEquals(root.resolve("lab"), config.agent().stateDir());
        assertEquals(
                List.of(root.resolve("lab/keylime/cv_ca/cacert.crt")),
                config.https().trustedClientCa());
        assertEquals(Optional.of(root.resolve("lab/ima.log")), config.ima().list());
        assertEquals("detect", config.tpm().deviceIdentity().template());
        assertEquals("swtpm:host=127.0.0.1,port=23020", config.tpm().tcti());
        assertEquals("127.0.0.1", config.registrar().ip());
        assertEquals(Path.of("/run/attestation-agent/agent.sock"), config.status().socket());
    }

    private String benchmarkFile() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(getClass().getResourceAsStream("agent.conf.in"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@LAB@", root.resolve("lab").toString())
                    .replace("@DIR@", root.resolve("lab").toString());
        }
    }
}
