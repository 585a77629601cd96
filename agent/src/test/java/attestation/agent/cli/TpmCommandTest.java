// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.StateDirectory;
import attestation.fixtures.Swtpm;
import attestation.fixtures.Tool;
import attestation.tpm.AkBlob;
import attestation.tpm.AkTemplate;
import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.SigningAlgorithm;
import attestation.tpm.Tpm;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmSettings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

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
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** {@code agent tpm …} against a software TPM, tpm2-tools and a real machine's log. */
final class TpmCommandTest {
    private static final String LOG = "/attestation/fixtures/ima/debian12-6.1-tcb/";
    private static final Duration SOON = Duration.ofMinutes(1);

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    @TempDir Path folder;

    private int run(String... arguments) {
        return CommandLines.of(
                        new Hooks(config -> 0, new SocketStatusSource(), new StateIdentitySource()),
                        new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                        new PrintStream(errBytes, true, StandardCharsets.UTF_8))
                .execute(arguments);
    }

    private String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    private static byte[] fixture(String name) throws Exception {
        try (InputStream in = TpmCommandTest.class.getResourceAsStream(LOG + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    @Test
    void info_certifiedTpm_saysWhatTpm2ToolsSay() throws Exception {
        try (Swtpm tpm = Swtpm.start()) {
            assertEquals(0, run("tpm", "info", "--tcti", tpm.tcti()), err());
            assertTrue(out().contains("manufacturer      IBM"), out());
            assertTrue(out().contains("bank sha256       active, PCRs 0-23"), out());
            assertTrue(out().contains("  matches the EK  yes"), out());
            assertTrue(out().contains("CN=swtpm-localca"), out());
            assertTrue(out().contains("strict DER"), out());
            String persistent = tpm.run("tpm2_getcap", "handles-persistent").text();
            String handle =
                    persistent
                            .substring(persistent.indexOf("0x"))
                            .lines()
                            .findFirst()
                            .orElseThrow();
            assertTrue(
                    out().toUpperCase(Locale.ROOT).contains(handle.toUpperCase(Locale.ROOT)),
                    handle + out());
        }
    }

    @Test
    void infoJson_tpmWithoutCertificate_isInformation() throws Exception {
        try (Swtpm tpm = Swtpm.builder().withoutEk().start()) {
            assertEquals(0, run("tpm", "info", "--json", "--tcti", tpm.tcti()), err());
            JsonNode info = new ObjectMapper().readTree(out());
            assertEquals(0, info.get("ek_certificates").size());
            assertTrue(info.get("banks").findValuesAsText("name").contains("sha256"), out());
            assertFalse(info.get("lockout").get("in_lockout").asBoolean());
            assertTrue(info.get("clock").get("clock_ms").asLong() > 0);
            outBytes.reset();
            assertEquals(0, run("tpm", "info", "--tcti", tpm.tcti()), err());
            assertTrue(out().contains("ek certificate    none in this TPM"), out());
        }
    }

    @Test
    void info_failureMode_saysItAndClaimsNothingElse() throws Exception {
        try (Swtpm tpm = Swtpm.start()) {
            tpm.fail();
            assertEquals(2, run("tpm", "info", "--tcti", tpm.tcti()), err());
            assertTrue(
                    out().contains(
                                    "health            failure mode: TPM2_ReadClock: TPM_RC_FAILURE"),
                    out());
            assertTrue(out().contains("all else          cannot be told in failure mode"), out());
            assertFalse(out().contains("ek certificate"), out());
            assertFalse(out().contains("lockout"), out());
            outBytes.reset();
            assertEquals(2, run("tpm", "info", "--json", "--tcti", tpm.tcti()), err());
            JsonNode info = new ObjectMapper().readTree(out());
            assertTrue(info.get("failure").asText().contains("power the host off and on"), out());
            assertFalse(info.has("ek_certificates"), out());
            assertFalse(info.has("lockout"), out());
        }
    }

    @Test
    void info_noTpm_exit2() {
        String socket = folder.resolve("none").toString();
        assertEquals(2, run("tpm", "info", "--tcti", "swtpm:path=" + socket));
        assertTrue(
                err().startsWith(
                                "agent: swtpm:path="
                                        + socket
                                        + ": cannot connect to swtpm:path="
                                        + socket
                                        + ": No such file"),
                err());
        assertEquals("", out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:0,1,10", "sha1:0-9,16+sha256:1-11", "sha256:10+sha1:23"})
    void quote_storedAk_acceptedByTpm2Checkquote(String pcrs) throws Exception {
        try (Swtpm tpm = Swtpm.start()) {
            Path config = configured(tpm);
            Path to = folder.resolve("a quote");
            String[] command = {
                "tpm",
                "quote",
                "--pcrs",
                pcrs,
                "--nonce",
                "00ff17",
                "--out",
                "" + to,
                "--config",
                "" + config
            };
            assertEquals(0, run(command), err());
            assertTrue(out().startsWith("tpm2_checkquote "), out());
            Tool.run("sh", "-c", out());
            String other = out().replace("-q 00ff17", "-q 00ff18");
            Map<String, String> none = Map.of();
            Tool.Result refused = Tool.attempt(folder, none, List.of("sh", "-c", other));
            assertFalse(refused.exitCode() == 0, other);
            assertEquals(List.of(), tpm.transientHandles());

            byte[] before = Files.readAllBytes(to.resolve("quote.attest"));
            assertEquals(64, run(command));
            assertTrue(err().contains("not empty"), err());
            assertTrue(Arrays.equals(before, Files.readAllBytes(to.resolve("quote.attest"))));
        }
    }

    @Test
    void quote_noStoredAk_exit69() throws Exception {
        Path config = Files.writeString(folder.resolve("agent.toml"), toml("swtpm:path=/nowhere"));
        assertEquals(
                69,
                run(
                        "tpm",
                        "quote",
                        "--pcrs",
                        "sha256:0",
                        "--nonce",
                        "00",
                        "--out",
                        folder.resolve("q").toString(),
                        "--config",
                        config.toString()));
        assertTrue(err().contains("AK: none in "), err());
        assertFalse(Files.exists(folder.resolve("q")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agent.toml | a file is in the way (expected: a new or empty directory)",
                "agent.toml/q | Not a directory",
                "/proc/none | no directory can be made there (expected: a place that you may write"
                        + " to)"
            })
    void quote_folderThatCannotBeMade_saysWhy(String out, String words) throws Exception {
        try (Swtpm tpm = Swtpm.start()) {
            String config = configured(tpm).toString();
            String to = folder.resolve(out).toString();
            String[] command = {"tpm", "quote", "--pcrs", "sha256:0", "--nonce", "00", "--out", to};
            String[] all = Arrays.copyOf(command, command.length + 2);
            all[command.length] = "--config";
            all[command.length + 1] = config;
            assertEquals(2, run(all));
            assertEquals("agent: --out: cannot write " + to + ": " + words + "\n", err());
        }
    }

    private Path configured(Swtpm tpm) throws Exception {
        EkRequest ek = EkRequest.of(EncryptionAlgorithm.RSA2048);
        try (Tpm ours = Tpm.start(TpmSettings.of(TpmAddress.parse(tpm.tcti())))) {
            AkTemplate template =
                    new AkTemplate(
                            EncryptionAlgorithm.RSA2048,
                            SigningAlgorithm.RSASSA,
                            HashAlgorithm.SHA256);
            AkBlob ak = ours.createAk(ek, template, SOON);
            new AgentData(
                            "Sha256",
                            "RsaSsa",
                            ak.tpmtPublic(),
                            ak.tpm2bPrivateContents(),
                            "0".repeat(64))
                    .store(
                            new StateDirectory(folder, Clock.systemUTC())
                                    .file(StateDirectory.AGENT_DATA));
        }
        return Files.writeString(folder.resolve("agent.toml"), toml(tpm.tcti()));
    }

    private String toml(String tcti) {
        return "[agent]\nstate_dir = \"%s\"\n[tpm]\ntcti = \"%s\"\nencryption_alg = \"rsa2048\"\nhash_alg = \"sha256\"\nsigning_alg = \"rsassa\"\n"
                .formatted(folder, tcti);
    }

    /** The PCRs as that machine's TPM had them; PCR 10 and those above 9 are the kernel's. */
    @Test
    void eventlog_ofARealMachine_replaysToItsPcrs() throws Exception {
        Path log = Files.write(folder.resolve("log"), fixture("binary_bios_measurements"));
        assertEquals(0, run("tpm", "eventlog", "--json", log.toString()), err());
        JsonNode pcrs = new ObjectMapper().readTree(out()).get("pcrs").get("sha256");
        String recorded =
                new String(fixture("pcrs.sha256"), StandardCharsets.US_ASCII)
                        .toLowerCase(Locale.ROOT);
        assertTrue(pcrs.size() >= 8, out());
        for (int pcr = 0; pcr < 8; pcr++) {
            String value = pcrs.get(String.valueOf(pcr)).asText();
            assertEquals(64, value.length());
            assertTrue(
                    ("\n" + recorded).contains("\n" + pcr + " " + value + "\n"),
                    pcr + ": " + value + " in " + recorded);
        }
        outBytes.reset();
        assertEquals(0, run("tpm", "eventlog", log.toString()), err());
        assertTrue(out().contains("EV_SEPARATOR"), out());
        assertTrue(out().contains("sha256:\n   0  " + pcrs.get("0").asText()), out());
        assertEquals(-1, out().indexOf(0x1b));
    }

    @Test
    void eventlog_noLog_exit2() throws Exception {
        byte[] whole = fixture("binary_bios_measurements");
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 3));
        assertEquals(2, run("tpm", "eventlog", cut.toString()));
        assertTrue(err().contains("at byte "), err());
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);
        assertEquals(2, run("tpm", "eventlog", empty.toString()));
        assertTrue(err().contains("empty"), err());
        assertEquals(2, run("tpm", "eventlog", folder.resolve("none").toString()));
        assertTrue(err().contains("no such file"), err());
        assertEquals("", out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tpm | command missing",
                "tpm inof | nearest: info",
                "tpm info --tcti tabrmd: | TPM address: tabrmd:",
                "tpm quote --pcrs sha256:0 --nonce 00 | --out",
                "tpm quote --pcrs md5:0 --nonce 00 --out x | --pcrs: md5:0",
                "tpm quote --pcrs sha256:0+sha256:1 --nonce 00 --out x | --pcrs: sha256:0+sha256:1",
                "tpm quote --pcrs sha256:0+ --nonce 00 --out x | expected: each bank once",
                "tpm quote --pcrs sha256:24 --nonce 00 --out x | pcrs: 24",
                "tpm quote --pcrs sha256:0 --nonce 0 --out x | --nonce: 0",
                "tpm eventlog a b | b"
            })
    void usageErrors_exit64AndSayWhat(String line, String words) {
        assertEquals(64, run(line.split(" ")), err());
        assertTrue(err().contains(words), err());
        assertEquals("", out());
    }

    @Test
    void kernelBanks_asSysfsShows_onlyOfDevices() throws Exception {
        Files.createDirectories(folder.resolve("tpm1/pcr-sha256"));
        Files.createDirectories(folder.resolve("tpm1/pcr-sha1"));
        assertEquals(
                Optional.of(List.of("sha1", "sha256")),
                KernelBanks.of(TpmAddress.parse("device:/dev/tpmrm1"), folder));
        assertEquals(
                Optional.empty(), KernelBanks.of(TpmAddress.parse("device:/dev/tpm0"), folder));
        assertEquals(
                Optional.empty(), KernelBanks.of(TpmAddress.parse("swtpm:path=/tpm1"), folder));
    }

    @Test
    void certificateFacts_notACertificate_empty() {
        assertEquals(Optional.empty(), EkCertificateFacts.of(new byte[] {0x30, 0x01, 0x00}));
    }
}
