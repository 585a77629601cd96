// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import attestation.agent.keylime.config.ConfigSource;
import attestation.config.AgentConfig;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.Surroundings;
import attestation.fixtures.Tool;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The exchange of agents over the recorded state of Keylime's own. */
class MigrationTest {
    /** While the recorded certificate is valid for more than two months. */
    private static final Clock EARLY =
            Clock.fixed(Instant.parse("2026-11-24T00:00:00Z"), ZoneOffset.UTC);

    private static final String PEER = "keylime_agent.service";
    private static final String OURS = "attestation-agent.service";

    private static final Path MEMORY = Path.of("/dev/shm");

    @TempDir Path root;
    private Path keylime;
    private Path state;
    private Path conf;
    private final FakeServices services = new FakeServices();
    private final List<String> steps = new ArrayList<>();

    /** Units that exist; what is done with them is written down. */
    private static final class FakeServices implements Services {
        final Set<String> units = new HashSet<>(Set.of(PEER, OURS));
        final List<String> calls = new ArrayList<>();
        final Map<String, String> environment = new HashMap<>();
        String failing = "";

        @Override
        public boolean available() {
            return !units.isEmpty();
        }

        @Override
        public boolean exists(String unit) {
            return units.contains(unit);
        }

        @Override
        public boolean active(String unit) {
            return false;
        }

        @Override
        public Map<String, String> environment(String unit) {
            return environment;
        }

        @Override
        public void mountSecure(Path folder) throws MigrationException {
            call("mount " + folder);
        }

        @Override
        public void stopAndDisable(String unit) throws MigrationException {
            call("stop " + unit);
        }

        @Override
        public void enableAndStart(String unit) throws MigrationException {
            call("enable " + unit);
        }

        private void call(String call) throws MigrationException {
            calls.add(call);
            if (call.equals(failing)) {
                throw new MigrationException(call + " failed");
            }
        }
    }

    @BeforeEach
    void hostOfKeylimesAgent() throws IOException {
        root = root.toRealPath();
        keylime = Files.createDirectories(root.resolve("var/lib/keylime"));
        state = Files.createDirectories(root.resolve("var/lib/attestation-agent"));
        for (String name :
                List.of(
                        "agent_data.json",
                        "server-private.pem",
                        "server-cert.crt",
                        "payload-private.pem")) {
            Files.write(keylime.resolve(name), recorded(name));
        }
        Files.setPosixFilePermissions(
                keylime.resolve("server-cert.crt"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.createDirectories(keylime.resolve("cv_ca"));
        Files.writeString(keylime.resolve("cv_ca/cacert.crt"), "a CA\n");
        Files.createDirectories(root.resolve("etc/attestation-agent"));
        Object uid = Files.getAttribute(root, "unix:uid");
        Object gid = Files.getAttribute(root, "unix:gid");
        Files.writeString(
                root.resolve("etc/passwd"),
                "root:x:0:0::/:/bin/sh\nagent:x:%s:%s::/:/bin/false\n".formatted(uid, gid));
        conf = root.resolve("etc/keylime/agent.conf");
        configure("tpm_encryption_alg = 'rsa2048'");
    }

    private void configure(String... lines) throws IOException {
        Files.createDirectories(conf.getParent());
        Files.writeString(
                conf,
                "[agent]\nkeylime_dir = '%s'\nregistrar_ip = '192.0.2.1'\npayload_script = ''\npayload_key_password = 'geheim'\n"
                                .formatted(keylime)
                        + String.join("\n", lines)
                        + "\n");
        Files.setPosixFilePermissions(conf, PosixFilePermissions.fromString("rw-------"));
    }

    private static byte[] recorded(String name) throws IOException {
        try (InputStream in =
                MigrationTest.class.getResourceAsStream("/attestation/agent/identity/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private Settings settings() {
        return new Settings(
                PEER, OURS, "agent", root, root.resolve("etc/attestation-agent/agent.toml"), state);
    }

    private Migration migration() throws Exception {
        Surroundings unit = new Surroundings(services.environment, root, false);
        Files.writeString(
                settings().ownFile(),
                "[agent]\nstate_dir = '%s'\nuuid = 'hostname'\n[tpm]\nhash_alg = 'sha512'\n"
                        .formatted(state));
        return new Migration(
                ConfigSource.choose(Optional.of(conf), unit), settings(), services, EARLY);
    }

    private List<String> texts(Finding.Level level) throws Exception {
        return migration().check().stream()
                .filter(finding -> finding.level() == level)
                .map(Finding::text)
                .map(text -> text.replace(root + "/", "/"))
                .toList();
    }

    private AgentConfig ours() throws Exception {
        return ConfigLoader.load(
                        settings().ownFile(),
                        Map.of(),
                        new Surroundings(Map.of(), root, false),
                        FileCheck.REQUIRED)
                .config();
    }

    @Test
    void check_recordedHost_nothingInTheWayAndNothingTouched() throws Exception {
        assertEquals(List.of(), texts(Finding.Level.IN_THE_WAY));
        assertEquals(List.of(), texts(Finding.Level.LOST));
        assertTrue(
                texts(Finding.Level.NOTE)
                        .contains("AK: /var/lib/keylime/agent_data.json goes over"));
        assertEquals(List.of(), services.calls);
        try (var all = Files.list(state)) {
            assertEquals(0, all.count());
        }
    }

    @Test
    void over_recordedHost_sameBytesOwnConfigurationAndServicesInOrder() throws Exception {
        configure("port = 9003", "tpm_ownerpassword = 'hex:0a0b'", "uuid = 'hash_ek'");
        migration().over(steps::add);

        for (String name :
                List.of(
                        "agent_data.json",
                        "server-private.pem",
                        "server-cert.crt",
                        "payload-private.pem")) {
            assertArrayEquals(recorded(name), Files.readAllBytes(state.resolve(name)));
            assertArrayEquals(recorded(name), Files.readAllBytes(keylime.resolve(name)));
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(state.resolve(name))));
        }
        assertEquals(List.of("stop " + PEER, "enable " + OURS), services.calls);
        AgentConfig ours = ours();
        assertEquals(state, ours.agent().stateDir());
        assertEquals("hash_ek", ours.agent().uuid().toString());
        assertEquals(9003, ours.https().port());
        assertEquals("192.0.2.1", ours.registrar().ip());
        assertEquals("sha256", ours.tpm().hashAlg(), "whatever our main file says");
        assertEquals("geheim", ours.payload().keyPassword().reveal());
        assertEquals("hex:0a0b", ours.tpm().endorsementPassword().reveal());
        assertEquals("rsa2048", ours.tpm().encryptionAlg().replaceFirst("^rsa$", "rsa2048"));
        assertEquals(state.resolve("agent_data.json"), ours.tpm().agentDataPath());
        assertEquals(List.of(state.resolve("cv_ca/cacert.crt")), ours.https().trustedClientCa());
        assertEquals("", ours.payload().script());
        assertEquals(
                "rw-r-----",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(settings().snippet())));
        assertFalse(steps.toString().contains("0a0b"), steps.toString());
    }

    @Test
    void back_certificateReplacedMeanwhile_goesBackWithFormerModeAndCopiesAreGone()
            throws Exception {
        migration().over(steps::add);
        Files.writeString(state.resolve("server-cert.crt"), "a newer one");
        services.calls.clear();
        migration().back(steps::add);

        assertEquals("a newer one", Files.readString(keylime.resolve("server-cert.crt")));
        assertEquals(
                "rw-r--r--",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(keylime.resolve("server-cert.crt"))));
        assertArrayEquals(
                recorded("agent_data.json"),
                Files.readAllBytes(keylime.resolve("agent_data.json")));
        assertFalse(Files.exists(state.resolve("agent_data.json")));
        assertFalse(Files.exists(settings().snippet()));
        assertEquals(List.of("stop " + OURS, "enable " + PEER), services.calls);
        assertFalse(migration().migrated());
    }

    @Test
    void over_ourServiceDoesNotStart_canBeTakenBack() throws Exception {
        services.failing = "enable " + OURS;
        assertThrows(MigrationException.class, () -> migration().over(steps::add));
        services.failing = "";
        assertTrue(migration().migrated());
        migration().back(steps::add);

        assertEquals("enable " + PEER, services.calls.getLast());
        assertArrayEquals(
                recorded("server-private.pem"),
                Files.readAllBytes(keylime.resolve("server-private.pem")));
    }

    @Test
    void over_configurationUnusable_ourServiceNotStarted() throws Exception {
        Files.delete(keylime.resolve("cv_ca/cacert.crt"));
        var e = assertThrows(MigrationException.class, () -> migration().over(steps::add));

        assertTrue(String.valueOf(e.getMessage()).contains("cacert.crt"), e.getMessage());
        assertFalse(services.calls.contains("enable " + OURS));
    }

    @Test
    void back_neverMigrated_saidSo() throws Exception {
        var e = assertThrows(MigrationException.class, () -> migration().back(steps::add));

        assertTrue(String.valueOf(e.getMessage()).contains("was this host migrated?"));
        assertEquals(List.of(), services.calls);
    }

    @Test
    void check_otherIdentityThere_inTheWayAndNothingOverwritten() throws Exception {
        Files.writeString(state.resolve("agent_data.json"), "another host's");

        assertEquals(
                List.of(
                        "/var/lib/attestation-agent/agent_data.json: our agent has an identity of"
                                + " its own already (expected: none, or that of"
                                + " /var/lib/keylime/agent_data.json); stop it and move the file"
                                + " away"),
                texts(Finding.Level.IN_THE_WAY));
        assertThrows(MigrationException.class, () -> migration().over(steps::add));
        assertEquals("another host's", Files.readString(state.resolve("agent_data.json")));
        assertEquals(List.of(), services.calls);
    }

    @Test
    void check_damagedAk_inTheWayAndLeftAlone() throws Exception {
        Files.writeString(keylime.resolve("agent_data.json"), "{\"ak_hash_alg\": ");

        assertEquals(1, texts(Finding.Level.IN_THE_WAY).size());
        assertEquals("{\"ak_hash_alg\": ", Files.readString(keylime.resolve("agent_data.json")));
    }

    @Test
    void check_linkPlantedByTheFormerUser_refused() throws Exception {
        Path secret = Files.writeString(root.resolve("shadow"), "root's");
        Files.delete(keylime.resolve("payload-private.pem"));
        Files.createSymbolicLink(keylime.resolve("payload-private.pem"), secret);

        assertTrue(
                texts(Finding.Level.IN_THE_WAY)
                        .contains(
                                "/var/lib/keylime/payload-private.pem: a link (expected: a file,"
                                        + " here and at"
                                        + " /var/lib/attestation-agent/payload-private.pem)"));
        assertThrows(MigrationException.class, () -> migration().over(steps::add));
        assertFalse(Files.exists(state.resolve("payload-private.pem")));
    }

    @Test
    void check_whatDoesNotCarryOver_isTold() throws Exception {
        configure(
                "uuid = 'generate'",
                "enable_revocation_notifications = true",
                "tpm_signing_alg = 'rsapss'",
                "no_such = 1");
        Files.delete(keylime.resolve("server-cert.crt"));
        Files.delete(keylime.resolve("server-private.pem"));
        String lost = String.join("\n", texts(Finding.Level.LOST));

        assertTrue(lost.contains("uuid: generate - Keylime's agent takes a random id"), lost);
        assertTrue(lost.contains("enable_revocation_notifications: deprecated"), lost);
        assertTrue(lost.contains("unknown option no_such"), lost);
        assertTrue(lost.contains("server-cert.crt: not there, so a new certificate"), lost);
        String inTheWay = String.join("\n", texts(Finding.Level.IN_THE_WAY));
        assertTrue(inTheWay.contains("its AK is Sha256 RsaSsa"), inTheWay);
    }

    @Test
    void check_certificateEndsSoon_isTold() throws Exception {
        Instant end = Instant.parse("2027-11-01T00:00:00Z");
        Migration late =
                new Migration(
                        ConfigSource.choose(
                                Optional.of(conf), new Surroundings(Map.of(), root, false)),
                        settings(),
                        services,
                        Clock.fixed(end, ZoneOffset.UTC));

        assertTrue(
                late.check().stream()
                        .anyMatch(
                                finding ->
                                        finding.level() == Finding.Level.LOST
                                                && finding.text()
                                                        .contains("server-cert.crt: ends")),
                late.check().toString());
    }

    @Test
    void check_unitMissingOrUserMissing_inTheWay() throws Exception {
        services.units.remove(OURS);
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\n");
        String inTheWay = String.join("\n", texts(Finding.Level.IN_THE_WAY));

        assertTrue(inTheWay.contains("user agent: not on this host"), inTheWay);
        assertTrue(inTheWay.contains(OURS + ": no such unit"), inTheWay);
    }

    @Test
    void over_unitsEnvironment_countsAsTheAgentHadIt() throws Exception {
        services.environment.put("KEYLIME_AGENT_PORT", "9555");
        migration().over(steps::add);

        assertEquals(9555, ours().https().port());
    }

    @Test
    void over_fileElsewhere_copiedToAFolderOfOurs() throws Exception {
        Path ca = Files.writeString(root.resolve("etc/keylime/clients.pem"), "CA 2\n");
        configure("trusted_client_ca = 'default, %s'".formatted(ca));
        migration().over(steps::add);

        assertEquals(
                List.of(state.resolve("cv_ca/cacert.crt"), placed(ca)),
                ours().https().trustedClientCa());
        assertEquals("CA 2\n", Files.readString(placed(ca)));
    }

    private Path placed(Path elsewhere) {
        return state.resolve("from-keylime").resolve(Path.of("/").relativize(elsewhere));
    }

    @Test
    void over_twoFilesOfOneName_bothGoOver() throws Exception {
        Path one = Files.createDirectories(root.resolve("etc/one")).resolve("ca.pem");
        Path two = Files.createDirectories(root.resolve("etc/two")).resolve("ca.pem");
        Files.writeString(one, "CA 1\n");
        Files.writeString(two, "CA 2\n");
        configure("trusted_client_ca = '%s, %s'".formatted(one, two));
        migration().over(steps::add);

        assertEquals(List.of(placed(one), placed(two)), ours().https().trustedClientCa());
        assertEquals("CA 1\n", Files.readString(placed(one)));
        assertEquals("CA 2\n", Files.readString(placed(two)));
    }

    @Test
    void over_tpmOfTheUnitsEnvironment_staysTheTpm() throws Exception {
        services.environment.put("TCTI", "device:/dev/tpm7");
        migration().over(steps::add);

        assertEquals("device:/dev/tpm7", ours().tpm().tcti());
    }

    @Test
    void back_keyMadeByOurAgent_goesBackToo() throws Exception {
        Files.delete(keylime.resolve("payload-private.pem"));
        migration().over(steps::add);
        Files.writeString(state.resolve("payload-private.pem"), "made by ours");
        migration().back(steps::add);

        assertEquals("made by ours", Files.readString(keylime.resolve("payload-private.pem")));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(keylime.resolve("payload-private.pem"))));
    }

    @Test
    void back_payloadKeySealedMeanwhile_toldAndKeylimesStays() throws Exception {
        migration().over(steps::add);
        seal();
        migration().back(steps::add);

        assertArrayEquals(
                recorded("payload-private.pem"),
                Files.readAllBytes(keylime.resolve("payload-private.pem")));
        assertTrue(
                steps.contains(
                        "left %s, which is sealed to this TPM; Keylime's agent goes on with %s"
                                .formatted(
                                        settings().sealedPayloadKey(),
                                        keylime.resolve("payload-private.pem"))),
                steps.toString());
        assertTrue(
                texts(Finding.Level.IN_THE_WAY)
                        .contains(
                                "/var/lib/attestation-agent/sealed/payload-key: our agent has a"
                                        + " payload key of its own already, sealed to this TPM, and"
                                        + " would use that one (expected: none); stop it and move"
                                        + " the folder away"));
    }

    @Test
    void back_payloadKeyOnlySealed_refusedBeforeAnythingIsDone() throws Exception {
        Files.delete(keylime.resolve("payload-private.pem"));
        migration().over(steps::add);
        Files.writeString(state.resolve("payload-private.pem"), "made by ours");
        seal();
        services.calls.clear();
        var e = assertThrows(MigrationException.class, () -> migration().back(steps::add));

        assertTrue(String.valueOf(e.getMessage()).contains("tpm.seal_state = false"));
        assertEquals(List.of(), services.calls);
        assertTrue(migration().migrated());
    }

    /** That another file is nowhere is no reason to speak of the sealed key. */
    @Test
    void back_payloadKeySealedAndOurCertificateGone_speaksOfTheKeyOnly() throws Exception {
        migration().over(steps::add);
        seal();
        Files.deleteIfExists(state.resolve("server-cert.crt"));
        Files.deleteIfExists(keylime.resolve("server-cert.crt"));
        migration().back(steps::add);

        assertEquals(1, steps.stream().filter(step -> step.contains("sealed to this TPM")).count());
        assertArrayEquals(
                recorded("agent_data.json"),
                Files.readAllBytes(keylime.resolve("agent_data.json")));
    }

    /** As our agent does it: the plain key goes when the sealed one is there. */
    private void seal() throws IOException {
        Files.createDirectories(settings().sealedPayloadKey().getParent());
        Files.move(state.resolve("payload-private.pem"), settings().sealedPayloadKey());
    }

    @Test
    void back_payloadDeliveredMeanwhile_isKeylimesAfterwardsAndNoLongerOurs() throws Exception {
        assumeTrue(Files.isDirectory(MEMORY), "a tmpfs that anyone may write to");
        Path memory = Files.createTempDirectory(MEMORY, "migrate");
        try {
            keylimeIn(memory.resolve("keylime"));
            state = Files.createDirectories(memory.resolve("ours"));
            Path former = Files.createDirectories(keylime.resolve("secure/unzipped"));
            Files.writeString(former.resolve("old"), "replaced meanwhile");
            Files.createDirectories(state.resolve("secure"));
            migration().over(steps::add);
            assertEquals(
                    "replaced meanwhile", Files.readString(state.resolve("secure/unzipped/old")));

            Files.delete(state.resolve("secure/unzipped/old"));
            Files.createDirectories(state.resolve("secure/unzipped/sub"));
            Files.writeString(state.resolve("secure/unzipped/sub/new"), "secret");
            migration().back(steps::add);

            assertEquals("secret", Files.readString(keylime.resolve("secure/unzipped/sub/new")));
            assertFalse(Files.exists(former.resolve("old")), "what was replaced");
            assertFalse(Files.exists(state.resolve("secure/unzipped")));
        } finally {
            HostFiles.deleteFolder(MEMORY, memory.getFileName().toString());
        }
    }

    @Test
    void back_payloadWithALink_toldAndOursStays() throws Exception {
        assumeTrue(Files.isDirectory(MEMORY), "a tmpfs that anyone may write to");
        Path memory = Files.createTempDirectory(MEMORY, "migrate");
        try {
            keylimeIn(memory.resolve("keylime"));
            state = Files.createDirectories(memory.resolve("ours"));
            Files.createDirectories(keylime.resolve("secure"));
            migration().over(steps::add);
            Path ours = Files.createDirectories(state.resolve("secure/unzipped"));
            Files.writeString(ours.resolve("file"), "secret");
            Files.createSymbolicLink(ours.resolve("link"), Path.of("file"));
            migration().back(steps::add);

            assertEquals("secret", Files.readString(keylime.resolve("secure/unzipped/file")));
            assertTrue(Files.isSymbolicLink(ours.resolve("link")));
            assertTrue(
                    steps.contains(
                            "left 1 in "
                                    + state.resolve("secure")
                                    + ": links, special files, or more than 4096"),
                    steps.toString());
        } finally {
            HostFiles.deleteFolder(MEMORY, memory.getFileName().toString());
        }
    }

    private void keylimeIn(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("cv_ca"));
        for (String name : List.of("agent_data.json", "payload-private.pem")) {
            Files.write(folder.resolve(name), recorded(name));
        }
        Files.writeString(folder.resolve("cv_ca/cacert.crt"), "a CA\n");
        keylime = folder;
        configure();
    }

    @Test
    void over_payloadOfTheFormerAgent_onlyToMemory() throws Exception {
        Path unzipped = Files.createDirectories(keylime.resolve("secure/unzipped/sub"));
        Files.writeString(unzipped.resolve("file"), "secret");
        Files.createDirectories(state.resolve("secure"));
        migration().over(steps::add);

        boolean memory =
                Tool.run("stat", "-f", "-c", "%T", state.resolve("secure").toString())
                        .text()
                        .equals("tmpfs");
        assertEquals(memory, Files.exists(state.resolve("secure/unzipped/sub/file")));
        assertTrue(services.calls.contains("mount " + state.resolve("secure")));
        assertTrue(
                steps.toString().contains(memory ? "copied 1 files of the payload" : "is no tmpfs"),
                steps.toString());
    }
}
