// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.config.key.Keys;
import attestation.config.value.AgentId;
import attestation.config.value.LogLevel;
import attestation.config.value.Right;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

class ConfigLoaderTest {
    @TempDir Path folder;

    private ConfigFiles files(String... lines) {
        return new ConfigFiles(folder, lines);
    }

    private static EffectiveConfig.Row row(LoadedConfig loaded, String name) {
        return loaded.effective().rows().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void load_emptyFile_givesDefaults() throws ConfigException {
        AgentConfig config = files().load().config();

        assertEquals(AgentId.Source.HASH_EK, config.agent().uuid());
        assertEquals(Path.of("/var/lib/attestation-agent"), config.agent().stateDir());
        assertEquals("127.0.0.1", config.agent().contactIp());
        assertEquals(9002, config.agent().contactPort());
        assertEquals(
                List.of("2.1", "2.2", "2.3", "2.4", "2.5", "2.6"), config.agent().apiVersions());
        assertEquals("0.0.0.0", config.https().ip());
        assertEquals(9002, config.https().port());
        assertTrue(config.https().mutualTls());
        assertEquals(
                Path.of("/var/lib/attestation-agent/server-private.pem"),
                config.https().identity().key());
        assertEquals(3650, config.https().identity().certificateDays());
        assertEquals(
                List.of(Path.of("/var/lib/attestation-agent/cv_ca/cacert.crt")),
                config.https().trustedClientCa());
        assertEquals(List.of(), config.https().allow());
        assertEquals(
                new HttpsLimits(
                        1024,
                        256,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        16_384,
                        2_097_152,
                        Duration.ofSeconds(50),
                        Duration.ofSeconds(5)),
                config.https().limits());
        assertEquals("", config.tpm().tcti());
        assertEquals("rsa2048", config.tpm().encryptionAlg());
        assertEquals(OptionalInt.empty(), config.tpm().ekHandle());
        assertFalse(config.tpm().deviceIdentity().enabled());
        assertEquals(Optional.empty(), config.ima().list());
        assertEquals(0660, config.status().mode());
        assertFalse(config.registrar().enabled());
        assertFalse(config.payload().enabled());
        assertEquals(LogLevel.INFO, config.log().level());
    }

    @Test
    void load_everySource_laterWinsAndIsNamed() throws ConfigException {
        LoadedConfig loaded =
                files("[https]", "port = 1", "ip = \"::1\"", "max_connections = 10")
                        .snippet("20.toml", "[https]", "port = 3")
                        .snippet("10.toml", "", "[https]", "port = 2", "max_connections = 20")
                        .environment("ATTESTATION_AGENT_HTTPS_STOP_TIMEOUT_S", "7")
                        .environment("ATTESTATION_AGENT_LOG_LEVEL", "debug")
                        .override("log.level", "warn")
                        .load();

        assertEquals(3, loaded.config().https().port());
        assertEquals(LogLevel.WARN, loaded.config().log().level());
        assertEquals(
                List.of(
                        folder + "/agent.toml:3",
                        folder + "/agent.toml.d/20.toml:2",
                        folder + "/agent.toml.d/10.toml:4",
                        "environment ATTESTATION_AGENT_HTTPS_STOP_TIMEOUT_S",
                        "command line log.level",
                        "default"),
                List.of(
                        row(loaded, "https.ip").origin(),
                        row(loaded, "https.port").origin(),
                        row(loaded, "https.max_connections").origin(),
                        row(loaded, "https.stop_timeout_s").origin(),
                        row(loaded, "log.level").origin(),
                        row(loaded, "ima.poll_ms").origin()));
    }

    @Test
    void load_severalProblems_tellsAllWithPlaces() {
        assertEquals(
                List.of(
                        "unknown section [htps]; nearest known section: https [agent.toml:1]",
                        "https.port: 70000 (expected: 0..65535) [agent.toml:4]",
                        "unknown key https.max_conections; nearest known key:"
                                + " https.max_connections [agent.toml:5]",
                        "unknown key https.poll_ms; nearest known key: ima.poll_ms [agent.toml:6]",
                        "https.mutual_tls: \"yes\" (expected: true or false) [agent.toml:7]",
                        "log.level: \"loud\" (expected: error, warn, info, debug)"
                                + " [environment ATTESTATION_AGENT_LOG_LEVEL]",
                        "unknown variable ATTESTATION_AGENT_LOG_LEVL; nearest known variable:"
                                + " ATTESTATION_AGENT_LOG_LEVEL"
                                + " [environment ATTESTATION_AGENT_LOG_LEVL]",
                        "unknown key tpm.x [command line tpm.x]"),
                files(
                                "[htps]",
                                "port = 1",
                                "[https]",
                                "port = 70_000",
                                "max_conections = 3",
                                "poll_ms = 3",
                                "mutual_tls = \"yes\"")
                        .environment("ATTESTATION_AGENT_LOG_LEVEL", "loud")
                        .environment("ATTESTATION_AGENT_LOG_LEVL", "info")
                        .environment("ATTESTATION_AGENT_JAVA_HOME", "/usr/lib/jvm")
                        .override("tpm.x", "1")
                        .problems());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "port = 1 | key outside of any section: port; nearest known key: https.port",
                "`[ima]\nkeep_open = 3`"
                        + " | ima.keep_open: 3 (expected: text: auto, always, never)",
                "`[ima]\npoll_ms = 1.5` | ima.poll_ms: 1.5 (expected: a whole number, 10..3600000)",
                "`[ima]\npoll_ms = 123456789012345678901234567890`"
                        + " | ima.poll_ms: 123456789012345678901234567890 (expected: 10..3600000)",
                "`[ima]\nlist = 'x'` | ima.list: `x` (expected: an absolute path, or empty)",
                "`[agent]\nuuid = 'a b'` | agent.uuid: `a b` (expected: hash_ek, generate,"
                        + " dmidecode, machine_id, hostname, a UUID, or an id of at most 80"
                        + " letters, digits and _.-)",
                "`[agent]\nuuid = '..'` | agent.uuid: `..` (expected: hash_ek, generate,"
                        + " dmidecode, machine_id, hostname, a UUID, or an id of at most 80"
                        + " letters, digits and _.-)",
                "`[agent]\ncontact_ip = 'a_b'` | agent.contact_ip: `a_b` (expected: an IPv4 or"
                        + " IPv6 address or a host name)",
                "`[agent]\napi_versions = ['2.1', '9.9']` | agent.api_versions: `9.9` (expected:"
                        + " 2.1, 2.2, 2.3, 2.4, 2.5, 2.6)",
                "`[agent]\napi_versions = []` | agent.api_versions: empty (expected: at least one"
                        + " version)",
                "`[https]\nallow = ['dns:a fly']` | https.allow: `dns:a fly` (expected: dns:NAME,"
                        + " ip:ADDRESS, uri:URI, email:ADDRESS or key:SHA-256 of the public key,"
                        + " then quotes, keys or both)",
                "`[https]\nallow = ['dns:a keys', 'dns:A quotes']` | https.allow: a client stands"
                        + " in two rules (expected: one rule with all its rights)",
                "`[https]\ntrusted_client_ca = []` | https.trusted_client_ca: empty (expected: at"
                        + " least one file while mutual TLS is on)",
                "`[https]\ntrusted_client_ca = 'a'` | https.trusted_client_ca: `a` (expected: a"
                        + " list of: a path)",
                "`[https]\nmutual_tls = false\nallow = ['dns:a keys']` | https.allow: rules"
                        + " without mutual TLS (expected: none, since no client is known then)",
                "`[tpm]\nsigning_alg = 'ecdsa'` | tpm.signing_alg: ecdsa does not fit a key of"
                        + " rsa2048 (expected: rsassa or rsapss)",
                "`[tpm]\nencryption_alg = 'ecc'` | tpm.signing_alg: rsassa does not fit a key of"
                        + " ecc256 (expected: ecdsa)",
                "`[tpm]\nek_handle = '0x1'` | tpm.ek_handle: `0x1` (expected: generate, or a"
                        + " persistent handle 0x81000000..0x81ffffff)",
                "`[tpm]\ntcti = 'tabrmd:'` | tpm.tcti: `tabrmd:` (expected: device:PATH,"
                        + " swtpm:path=SOCKET, swtpm:host=HOST,port=PORT, or empty)",
                "`[status]\nmode = '999'` | status.mode: `999` (expected: octal digits such as"
                        + " `0660`)",
                "`[registrar]\nretry_initial_delay_ms = 400000`"
                        + " | registrar.retry_max_delay_ms: 300000 (expected: at least the first"
                        + " delay, 400000)",
                "`[payload]\nscript = '../x'` | payload.script: `../x` (expected: a relative path"
                        + " without .., or empty)",
                "`[payload]\nenc_keyname = '/x'` | payload.enc_keyname: `/x` (expected: a file"
                        + " name without /)",
                "`[payload]\nenc_keyname = 'decrypted_payload'` | payload.dec_payload_file: the"
                        + " same name as the key's file (expected: another one)",
                "`[payload]\nenabled = true\n[https]\nmutual_tls = false` | payload.script: not"
                        + " empty while mutual TLS is off (expected: mutual_tls = true, or script"
                        + " = `` or enable_insecure_payload = true)",
                "`[log]\nlevel = {a = 1}` | log.level: a table (expected: text: error, warn, info,"
                        + " debug)",
            })
    void load_badValue_saysWhatAndWhatWasExpected(String text, String expected) {
        String problem = String.join("; ", files(text).problems());

        String quoted = expected.replace("= `` or", "= \"\", or").replace('`', '"');
        assertEquals(quoted, problem.replaceFirst(" \\[(agent.toml:\\d|default)\\]$", ""));
    }

    @Test
    void load_wrongSyntaxInOneFile_stillTellsTheOthers() {
        assertEquals(
                List.of(
                        "not a TOML value (expected: text in quotes, a number, true or false)"
                                + " [agent.toml:2]",
                        "https.port: -1 (expected: 0..65535) [agent.toml.d/1.toml:2]",
                        "duplicate key https.port (first on line 2) [agent.toml.d/2.toml:4]"),
                files("[tpm]", "endorsement_password = hunter2")
                        .snippet("1.toml", "[https]", "port = -1")
                        .snippet("2.toml", "[https]", "port = 5", "", "port = 6")
                        .problems());
    }

    @Test
    void load_snippetsOfOtherNames_areSkippedAndTold() throws ConfigException {
        LoadedConfig loaded =
                files().snippet("a.toml~", "[x")
                        .snippet(".b.toml", "[x")
                        .snippet("c.bak", "")
                        .load();

        assertEquals(
                List.of(".b.toml", "a.toml~", "c.bak"),
                loaded.notices().stream()
                        .map(notice -> notice.toString().replaceFirst(".*\\[.*/(.*)\\]$", "$1"))
                        .toList());
        assertEquals(
                "not read: its name does not end in .toml", loaded.notices().getFirst().text());
    }

    @Test
    void load_tooManySnippets_isRefused() {
        ConfigFiles files = files();
        for (int i = 0; i < 101; i++) {
            files.snippet(i + ".toml", "");
        }
        assertEquals(
                List.of("agent.toml.d: too many files (expected: at most 100) [agent.toml.d]"),
                files.problems());
    }

    @Test
    void load_noFile_isRefused() throws IOException {
        ConfigFiles files = files();
        Files.delete(folder.resolve("agent.toml"));

        assertEquals(
                List.of("cannot read agent.toml: no such file [agent.toml]"), files.problems());
    }

    @Test
    void load_fileTooLarge_isRefusedUnread() throws IOException {
        ConfigFiles files = files();
        Files.write(folder.resolve("agent.toml"), new byte[(1 << 20) + 1]);

        assertEquals(
                List.of("agent.toml: too large (expected: at most 1048576 bytes) [agent.toml]"),
                files.problems());
    }

    @Test
    void load_notUtf8_namesLine() throws IOException {
        ConfigFiles files = files();
        byte[] text = "[log]\n# ok\nlevel = \"?\"\n".getBytes(StandardCharsets.US_ASCII);
        text[20] = (byte) 0xff;
        Files.write(folder.resolve("agent.toml"), text);

        assertEquals(List.of("not valid UTF-8 [agent.toml:3]"), files.problems());
    }

    @Test
    void load_directoryInPlaceOfFile_isRefused() throws IOException {
        ConfigFiles files = files();
        Files.delete(folder.resolve("agent.toml"));
        Files.createDirectory(folder.resolve("agent.toml"));

        assertEquals(
                List.of("cannot read agent.toml: not a regular file [agent.toml]"),
                files.problems());
    }

    @Test
    void load_danglingLinkInPlaceOfSnippetFolder_isRefused() throws IOException {
        ConfigFiles files = files();
        Files.createSymbolicLink(folder.resolve("agent.toml.d"), Path.of("nowhere"));

        assertEquals(
                List.of("cannot list agent.toml.d: link to nowhere [agent.toml.d]"),
                files.problems());
    }

    @Test
    void load_filesRequired_tellsEachMissingOne() throws IOException {
        Files.createDirectory(folder.resolve("d"));
        ConfigFiles files =
                files(
                        "[agent]",
                        "state_dir = \"" + folder + "/none\"",
                        "[https]",
                        "trusted_client_ca = [\"a.pem\", \"" + folder + "/d\"]",
                        "[registrar]",
                        "ip = \"::1\"",
                        "tls = true",
                        "[tpm]",
                        "enable_iak_idevid = true",
                        "iak_cert = \"\"");

        assertEquals(
                List.of(
                        "agent.state_dir: cannot read none: no such directory [agent.toml:2]",
                        "https.trusted_client_ca: cannot read none/a.pem: no such file"
                                + " [agent.toml:4]",
                        "https.trusted_client_ca: cannot read d: not a regular file"
                                + " [agent.toml:4]",
                        "registrar.tls_ca_cert: cannot read none/cv_ca/cacert.crt: no such file"
                                + " [default]",
                        "tpm.idevid_cert: cannot read none/idevid-cert.crt: no such file"
                                + " [default]"),
                files.problems(FileCheck.REQUIRED));
    }

    @Test
    void load_filesRequiredAndThere_isAccepted() throws Exception {
        Files.writeString(folder.resolve("ca.pem"), "");
        ConfigFiles files =
                files(
                        "[agent]",
                        "state_dir = \"" + folder + "\"",
                        "[https]",
                        "trusted_client_ca = [\"ca.pem\"]");

        assertEquals(
                List.of(folder.resolve("ca.pem")),
                files.load(FileCheck.REQUIRED).config().https().trustedClientCa());
    }

    @Test
    void load_tctiVariable_countsOnlyWhereNothingIsConfigured() throws ConfigException {
        String variable = "swtpm:host=127.0.0.1,port=2321";
        LoadedConfig byVariable = files().environment("TCTI", variable).load();
        LoadedConfig byFile =
                files("[tpm]", "tcti = \"device:/dev/tpm0\"").environment("TCTI", variable).load();

        assertEquals(variable, byVariable.config().tpm().tcti());
        assertEquals("environment TCTI", row(byVariable, "tpm.tcti").origin());
        assertEquals("device:/dev/tpm0", byFile.config().tpm().tcti());
        assertEquals(
                List.of(
                        "TCTI: \"tabrmd:\" (expected: device:PATH, swtpm:path=SOCKET,"
                                + " swtpm:host=HOST,port=PORT, or empty) [environment TCTI]"),
                files().environment("TCTI", "tabrmd:").problems());
    }

    @Test
    void load_allowRules_areUnderstood() throws ConfigException {
        String digest = "ab".repeat(32);
        AgentConfig config =
                files("[https]", "allow = [\"dns:V1.example quotes keys\", \"ip:::1 quotes\"]")
                        .environment("ATTESTATION_AGENT_HTTPS_TRUSTED_CLIENT_CA", "/a.pem, b.pem")
                        .load()
                        .config();
        AgentConfig overridden =
                files().override("https.allow", "key:" + digest + " keys").load().config();

        assertEquals("dns:v1.example", config.https().allow().get(0).client().toString());
        assertEquals(Set.of(Right.QUOTES, Right.KEYS), config.https().allow().get(0).rights());
        assertEquals("ip:0:0:0:0:0:0:0:1", config.https().allow().get(1).client().toString());
        assertEquals(Set.of(Right.KEYS), overridden.https().allow().getFirst().rights());
        assertEquals(digest, overridden.https().allow().getFirst().client().value());
        assertEquals(
                List.of(Path.of("/a.pem"), Path.of("/var/lib/attestation-agent/b.pem")),
                config.https().trustedClientCa());
    }

    @Test
    void load_secretInFileReadableByAll_isWarnedAbout() throws Exception {
        ConfigFiles files = files("[https]", "server_key_password = \"hunter2\"");
        Path file = folder.resolve("agent.toml");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        List<Notice> open = files.load().notices();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertEquals(
                "holds a password (https.server_key_password) and is readable by all (expected:"
                        + " chmod o-r)",
                open.getFirst().text());
        assertEquals(List.of(), files.load().notices());
    }

    @Test
    void render_showsEveryKeyWithOriginAndUnit() throws ConfigException {
        LoadedConfig loaded = files("[https]", "server_key_password = \"hunter2\"").load();
        String shown = loaded.effective().render();

        assertEquals(Keys.all().size(), shown.lines().count());
        assertTrue(
                shown.lines()
                        .anyMatch(
                                line ->
                                        line.matches(
                                                "https\\.server_key_password = \"?\\*\\*\\*\"? +# "
                                                        + folder
                                                        + "/agent\\.toml:2")),
                shown);
        assertTrue(shown.contains("https.allow = [] "), shown);
        assertFalse(shown.contains("hunter2"), shown);
        assertEquals("ms", row(loaded, "ima.poll_ms").unit());
    }

    @Test
    void effective_equalsWhatTheRecordsHold() throws ConfigException {
        LoadedConfig loaded = files("[agent]", "state_dir = \"/s\"").load();

        assertEquals("\"/s/server-cert.crt\"", row(loaded, "https.server_cert").value());
        assertEquals(
                Path.of("/s/server-cert.crt"), loaded.config().https().identity().certificate());
        assertEquals(Map.of(), Map.copyOf(new Surroundings(Map.of(), folder, true).environment()));
    }
}
