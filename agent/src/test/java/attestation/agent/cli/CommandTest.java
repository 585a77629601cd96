// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.status.Health;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** The command as people meet it: what it prints, where, and what it exits with. */
final class CommandTest {
    private static final String FIXTURE = "/attestation/fixtures/keylime-quote/";
    private static final String PCR_10_ALL =
            "2a98a8ae6b3c6a1a6a4a0b28f6a1e1a4b0a0f6c0a9a8b7c6d5e4f3a2b1c0d9e8";

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    private final List<Optional<Path>> started = new ArrayList<>();
    private StatusSource status = socket -> new StatusSource.View(Health.OK, "well\n", "{}\n");

    @TempDir Path folder;

    private int run(String... arguments) {
        Hooks hooks =
                new Hooks(
                        config -> {
                            started.add(config);
                            return 7;
                        },
                        socket -> status.fetch(socket),
                        new FakeIdentity());
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

    private Path fixture(String name) throws Exception {
        try (InputStream in = CommandTest.class.getResourceAsStream(FIXTURE + name)) {
            return Files.write(
                    folder.resolve(name), Objects.requireNonNull(in, name).readAllBytes());
        }
    }

    private static final class FakeIdentity implements IdentitySource {
        @Override
        public Identity identity(Optional<Path> config) throws CliException {
            try (InputStream in = CommandTest.class.getResourceAsStream(FIXTURE + "ak.tpm2b")) {
                return new Identity(
                        Optional.of("d432fbb3-d2f1-4a97-9ef7-75bd81c00000"),
                        Objects.requireNonNull(in).readAllBytes());
            } catch (java.io.IOException e) {
                throw new CliException(ExitCodes.UNAVAILABLE, e.toString());
            }
        }

        @Override
        public EkCertificates ekCertificates(Optional<Path> config) {
            return new EkCertificates(List.of("-----BEGIN CERTIFICATE-----\n"), "");
        }

        @Override
        public String reset(Optional<Path> config) {
            return "forgotten";
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "run",
                "status",
                "identity",
                "identity reset",
                "verify",
                "ima",
                "ima replay",
                "ima show",
                "ima stats",
                "ima verify",
                "ima sign",
                "ima setup",
                "ima policy",
                "ima policy check",
                "doctor",
                "tpm",
                "tpm info",
                "tpm eventlog",
                "tpm quote",
                "config",
                "config show",
                "config check",
                "policy-entries",
                "migrate",
                "version"
            })
    void help_ofEveryCommand_hasExampleAndExitCodes(String command) {
        String[] words = (command + " --help").strip().split(" ");
        assertEquals(0, run(words), err());
        assertTrue(out().contains("Example"), out());
        assertTrue(out().contains("Exit codes"), out());
        assertTrue(out().contains("agent " + command), out());
        assertEquals("", err());
    }

    @Test
    void help_lists_everyCommandThatIsTested() {
        run("--help");
        for (String name :
                List.of(
                        "run",
                        "status",
                        "identity",
                        "verify",
                        "ima",
                        "tpm",
                        "config",
                        "policy-entries",
                        "migrate",
                        "version")) {
            assertTrue(out().contains("\n  " + name), name + " in " + out());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "statsu, unknown command: statsu (nearest: status)",
        "ima rpelay, unknown command: ima rpelay (nearest: replay)",
        "xyzzyplugh, unknown command: xyzzyplugh; agent --help lists all",
        "status --nope, --nope",
        "ima, command missing",
        "config, command missing",
        "verify, what is missing",
        "policy-entries --hash md5, --hash: md5",
        "policy-entries --format sums --into x, --format sums",
        "policy-entries --manifest x --tree y, --manifest",
        "policy-entries, --tree: missing",
        "migrate --check --back, cannot be combined",
        "verify https://localhost:1, --ca: missing",
        "verify ftp://x --ca a --cert b --key c, url: ftp://x",
        "verify https://h --ca a --cert b --key c --pcrs 24, pcrs: 24",
        "verify https://h --ca a --cert b --key c --hashes md5, hash: md5",
        "verify --evidence x --save y, cannot be combined",
        "ima replay, list: missing",
        "ima replay x --live, list: both LIST and --live",
        "ima replay x --bank md9, --bank: md9",
        "ima replay x --expect 10=zz, --expect: 10=zz",
        "ima replay x --expect 24=00, --expect: 24=00",
        "ima replay x --expect 10, --expect: 10 (expected: PCR=HEX",
        "ima show x --signed --unsigned, mutually exclusive",
        "identity reset, --yes",
        "identity --ak der, der",
        "run --confg x, unknown argument: --confg",
        "run --config, no file behind it",
        "run --config a --config b, given twice"
    })
    void usageErrors_exit64AndSayWhat(String line, String words) {
        assertEquals(64, run(line.split(" ")), err());
        assertTrue(err().startsWith("agent: "), err());
        assertTrue(err().contains(words), err());
        assertFalse(err().contains("\tat "), err());
        assertEquals("", out());
        assertEquals(List.of(), started);
    }

    @Test
    void noCommand_showsHelpOnStderr() {
        assertEquals(64, run());
        assertTrue(err().contains("agent COMMAND"), err());
    }

    @Test
    void run_withConfig_startsTheDaemonWithIt() {
        assertEquals(7, run("run", "--config", "a.toml"));
        assertEquals(7, run("run", "--config=b.toml"));
        assertEquals(7, run("run"));
        assertEquals(
                List.of(
                        Optional.of(Path.of("a.toml")),
                        Optional.of(Path.of("b.toml")),
                        Optional.empty()),
                started);
    }

    @ParameterizedTest
    @CsvSource({"OK, 0", "DEGRADED, 1", "FAILING, 2"})
    void status_exitsByHealth(Health health, int code) {
        status = socket -> new StatusSource.View(health, "text\n", "{\"x\":1}\n");
        assertEquals(code, run("status", "--socket", "/nowhere"));
        assertEquals("text\n", out());
        assertEquals(code, run("status", "--socket", "/nowhere", "--json"));
        assertEquals("text\n{\"x\":1}\n", out());
    }

    @ParameterizedTest
    @ValueSource(ints = {ExitCodes.NOT_RUNNING, ExitCodes.NOT_PERMITTED})
    void status_notToBeHad_exitsWithTheReason(int code) {
        status =
                socket -> {
                    throw new CliException(code, "status: " + socket);
                };
        assertEquals(code, run("status", "--socket", "/nowhere"));
        assertEquals("agent: status: /nowhere\n", err());
    }

    @Test
    void identity_forms_areThoseOfTheTpm() throws Exception {
        run("identity", "--ak", "name");
        assertEquals(
                "000b1376681ccf80655cd50937d5779c36eacf8d796af9e3db682ba06cfe75245b97\n", out());
        outBytes.reset();
        run("identity", "--ak", "tpm2b");
        assertTrue(
                java.util.Arrays.equals(
                        Files.readAllBytes(fixture("ak.tpm2b")), outBytes.toByteArray()));
        outBytes.reset();
        assertEquals(0, run("identity", "--ak", "pem"));
        Path pem = Files.write(folder.resolve("ak.pem"), outBytes.toByteArray());
        Process openssl =
                new ProcessBuilder("openssl", "pkey", "-pubin", "-in", pem.toString(), "-noout")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, openssl.waitFor(), said);
    }

    @Test
    void identity_json_hasAll() {
        assertEquals(0, run("identity", "--json"));
        assertTrue(out().startsWith("{\"id\":\"d432fbb3"), out());
        assertTrue(out().contains("\"ak_name\":\"000b1376681c"), out());
        assertTrue(out().contains("\"ek_certificates\":[\"-----BEGIN CERTIFICATE-----"), out());
    }

    @Test
    void version_isTheBuilds() {
        assertEquals(0, run("version"));
        assertTrue(out().startsWith("attestation-agent "), out());
        assertEquals(0, run("version", "--all"));
        assertTrue(out().contains("running on "), out());
    }

    @Test
    void config_missingFile_exits78() {
        assertEquals(78, run("config", "check", "--config", "/does/not/exist.toml"));
        assertTrue(err().contains("/does/not/exist.toml"), err());
    }

    @Test
    void config_show_masksNothingItShouldNotAndNamesOrigins() throws Exception {
        Path file = Files.writeString(folder.resolve("agent.toml"), "[https]\nport = 9444\n");
        assertEquals(0, run("config", "show", "--config", file.toString()), err());
        assertTrue(out().contains("https.port = 9444"), out());
        assertTrue(out().contains("agent.toml:2"), out());
    }

    @Test
    void config_twoProblems_bothAreSaid() throws Exception {
        Path file =
                Files.writeString(folder.resolve("agent.toml"), "[https]\nprt = 1\nport = 70000\n");
        assertEquals(78, run("config", "check", "--config", file.toString()));
        assertTrue(err().contains("agent.toml:2"), err());
        assertTrue(err().contains("agent.toml:3"), err());
    }

    @Test
    void imaReplay_recordedList_givesTheTpmsValueForThePrefix() throws Exception {
        Path list = fixture("ima.list");
        // What the TPM held after the first two of three entries.
        String prefix = "754ecc5c6a12584b321b01c34d9a48014251e61e0d037603af66f3b568eedf09";
        assertEquals(1, run("ima", "replay", list.toString(), "--expect", "10=" + prefix));
        assertTrue(out().contains("the list last came to it after 2 entries"), out());
        Files.write(list, Files.readAllLines(list).subList(0, 2));
        assertEquals(0, run("ima", "replay", list.toString(), "--expect", "10=" + prefix));
        assertTrue(out().contains("sha256:10 " + prefix + " as expected"), out());
    }

    /** The value is that of Python's hashlib (OpenSSL's SM3) over the binary form of this list. */
    @Test
    void imaReplay_sm3Bank_isWhatOpensslMakesOfIt() throws Exception {
        String recorded = "/attestation/fixtures/ima/debian12-6.12-tcb/ascii_runtime_measurements";
        Path list = folder.resolve("list");
        try (var in = attestation.fixtures.Tool.class.getResourceAsStream(recorded)) {
            Files.write(list, java.util.Objects.requireNonNull(in).readAllBytes());
        }
        String pcr = "6cf97beb40caa7ead9b9700dcc217c0fb09c147bd66a50f2f99cb2db88fc983a";
        String[] replay = {"ima", "replay", list.toString(), "--bank", "sm3_256", "--expect"};
        assertEquals(0, run(with(replay, "10=" + pcr)), out());
        assertTrue(out().contains("sm3_256:10 " + pcr + " as expected"), out());
        assertEquals(1, run(with(replay, "10=" + pcr.replace('6', '7'))), out());
    }

    private static String[] with(String[] words, String last) {
        String[] all = java.util.Arrays.copyOf(words, words.length + 1);
        all[words.length] = last;
        return all;
    }

    @Test
    void imaReplay_otherValue_saysThatNoPrefixHasIt() throws Exception {
        String list = fixture("ima.list").toString();
        assertEquals(1, run("ima", "replay", list, "--expect", "10=" + PCR_10_ALL));
        assertTrue(out().contains("no prefix of the list comes to it"), out());
    }

    @Test
    void imaReplay_notAList_exits2NamingEntryAndPlace() throws Exception {
        Path list = fixture("ima.list");
        Files.writeString(list, Files.readString(list).replace("/usr/bin/true", "/usr/bin/evil"));
        assertEquals(2, run("ima", "replay", list.toString()));
        assertTrue(err().contains("ima entry 1 at byte 138"), err());
        assertEquals(2, run("ima", "replay", "/does/not/exist"));
        assertTrue(err().contains("no such file"), err());
    }

    @Test
    void ima_emptyFilePipeAndDirectory_exit2WithTheNextStep() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        for (String command : List.of("replay", "show", "stats")) {
            assertEquals(2, run("ima", command, empty.toString()), command);
            assertTrue(err().contains("empty: truncated ima entry 0"), err());
            assertTrue(err().contains("tar and rsync copy it as empty: use cat"), err());
            errBytes.reset();
            assertEquals(2, run("ima", command, folder.toString()), command);
            assertTrue(err().contains("Is a directory"), err());
        }
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertEquals(2, run("ima", "replay", pipe.toString()));
        assertTrue(err().contains("put the list into one first"), err());
    }

    @Test
    void imaReplay_pcrsOfNoTpm_areReplayedAndNamedSo() throws Exception {
        String list = foreign("pcrs-to-63", "binary_runtime_measurements").toString();
        // Python's hashlib's, of the generator that wrote the list.
        String ten = foreignPcr("pcrs-to-63", "sha256 HASH 10 ");
        assertEquals(0, run("ima", "replay", list, "--expect", "10=0x" + ten), err());
        assertTrue(out().contains("sha256:10 " + ten + " as expected"), out());
        String last = foreignPcr("pcrs-to-63", "sha256 HASH 63 ");
        assertTrue(out().contains("sha256:63 " + last + " in no TPM: extended nowhere"), out());
        assertEquals(
                64, run("ima", "replay", list, "--expect", "10=" + ten, "--expect", "10=" + ten));
        assertTrue(err().contains("each PCR of 0..23 once"), err());
    }

    private Path foreign(String name, String file) throws Exception {
        String place = "/attestation/fixtures/ima-foreign/" + name + "/" + file;
        try (var in = attestation.fixtures.Tool.class.getResourceAsStream(place)) {
            return Files.write(
                    folder.resolve(file), java.util.Objects.requireNonNull(in).readAllBytes());
        }
    }

    private String foreignPcr(String name, String prefix) throws Exception {
        return Files.readAllLines(foreign(name, "pcrs")).stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void listGrowth_isToldOfThisHostAlone() {
        ListGrowth growth = new ListGrowth(1362, Duration.ofMinutes(24 * 60 + 61));
        assertEquals(OptionalLong.of(54), growth.perHour());
        assertEquals(
                "growth: 54 entries an hour on average since boot, 1 d 1 h 1 min ago (when it last"
                        + " grew: agent status)",
                growth.text());
        assertTrue(ListGrowth.sinceBoot(5).perHour().isPresent());
        assertEquals(OptionalLong.empty(), ListGrowth.unknown().perHour());
    }

    @Test
    void imaShow_filters_byNumberAndName() throws Exception {
        String list = fixture("ima.list").toString();
        assertEquals(0, run("ima", "show", list, "--from", "1", "--path", "/usr/bin/f*"));
        assertEquals(1, out().lines().count(), out());
        assertTrue(out().contains("/usr/bin/false"), out());
        outBytes.reset();
        assertEquals(0, run("ima", "show", list, "--violations"));
        assertEquals("", out());
        assertEquals(0, run("ima", "show", list, "--unsigned", "--json"));
        assertEquals(3, out().lines().count(), out());
        assertEquals(64, run("ima", "show", list, "--from", "-5"));
        assertTrue(err().contains("--from: -5 (expected: an entry, from 0)"), err());
    }

    @Test
    void imaStats_counts() throws Exception {
        assertEquals(0, run("ima", "stats", fixture("ima.list").toString()));
        assertTrue(out().startsWith("3 entries, 413 bytes, 0 violations, 0 signed\n"), out());
        assertTrue(out().contains("        2  /usr/bin\n"), out());
        assertTrue(
                out().endsWith(
                                "\ngrowth: not known, the entries of a list have no times (of this host: --live)\n"),
                out());
        outBytes.reset();
        assertEquals(0, run("ima", "stats", "--json", fixture("ima.list").toString()));
        assertTrue(
                out().matches(
                                "(?s).*\"templates\":\\{\"ima-ng\":3},\"pcrs\":.*\"hashes\":.*\"directories\":.*"),
                out());
    }

    @Test
    void verify_noSuchFolder_couldNotTell() {
        assertEquals(2, run("verify", "--evidence", folder.resolve("none").toString()));
        assertTrue(out().contains("could not tell: set"), out());
    }
}
