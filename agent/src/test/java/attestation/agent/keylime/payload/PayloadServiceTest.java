// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import attestation.fixtures.Await;
import attestation.fixtures.Tool;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

@Timeout(180)
class PayloadServiceTest {
    private static final String ID = "the-id";
    private static final byte[] K = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    private static final String MESSAGE = "{\"type\":\"revocation\",\"agent_id\":\"other\"}";

    @TempDir Path keylime;
    private Path secure;
    private Path unzipped;
    private Path installed;

    @SuppressWarnings("NullAway.Init") // started by each test
    private PayloadService service;

    @BeforeEach
    void folders() throws IOException {
        secure = Files.createDirectory(keylime.resolve("secure"));
        unzipped = secure.resolve("unzipped");
        installed = Files.createDirectory(keylime.resolve("actions"));
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (service != null) {
            service.close();
        }
    }

    private void start(boolean enabled, String keyFile, List<String> actions) {
        start(enabled, keyFile, actions, Duration.ofMinutes(1));
    }

    private void start(
            boolean enabled, String keyFile, List<String> actions, Duration actionTimeout) {
        start(enabled, keyFile, actions, actionTimeout, Optional.empty());
    }

    private void start(
            boolean enabled,
            String keyFile,
            List<String> actions,
            Duration actionTimeout,
            Optional<Path> scriptSocket) {
        service =
                new PayloadService(
                        new PayloadSettings(
                                ID,
                                enabled,
                                keylime,
                                secure,
                                1 << 20,
                                keyFile,
                                "decrypted_payload",
                                true,
                                "autorun.sh",
                                Duration.ofMinutes(10),
                                actionTimeout,
                                unzipped.resolve("RevocationNotifier-cert.crt"),
                                actions,
                                installed,
                                true,
                                scriptSocket));
    }

    private void start() {
        start(true, "derived_tci_key", List.of());
    }

    private static byte[] encrypt(byte[] plain) throws Exception {
        var iv = new byte[16];
        new SecureRandom().nextBytes(iv);
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE, new SecretKeySpec(K, "AES"), new GCMParameterSpec(128, iv));
        byte[] sealed = cipher.doFinal(plain);
        var payload = new byte[16 + sealed.length];
        System.arraycopy(iv, 0, payload, 0, 16);
        System.arraycopy(sealed, 0, payload, 16, sealed.length);
        return payload;
    }

    private void deliver(byte[] encrypted) throws Exception {
        var mac = Mac.getInstance("HmacSHA384");
        mac.init(new SecretKeySpec(K, "HmacSHA384"));
        byte[] tag = mac.doFinal(ID.getBytes(UTF_8));
        service.keys().acceptU(K, tag, Optional.of(encrypted));
        assertTrue(service.keys().acceptV(new byte[32]));
    }

    private static void await(Path file) {
        Await.until(file + " is there", Duration.ofSeconds(60), () -> Files.exists(file));
    }

    @Test
    void payload_zipWithScript_unpackedAndRunInPlace() throws Exception {
        start();
        deliver(
                encrypt(
                        ZipUnpackerTest.zip(
                                "autorun.sh",
                                "pwd > done.tmp; mv done.tmp done",
                                "action_list",
                                "act.sh",
                                "act.sh",
                                "")));
        await(unzipped.resolve("done"));

        assertEquals(unzipped.toRealPath() + "\n", Files.readString(unzipped.resolve("done")));
        assertArrayEquals(K, Files.readAllBytes(unzipped.resolve("derived_tci_key")));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(unzipped.resolve("derived_tci_key"))));
        Await.until("action made executable", () -> Files.isExecutable(unzipped.resolve("act.sh")));
    }

    @Test
    void payload_scriptSocket_scriptRunsInTheUnitAlone() throws Exception {
        Path there = Files.createDirectories(keylime.resolve("unit/secure"));
        try (var unit = PayloadUnit.shipped(keylime.resolve("s"), there)) {
            start(
                    true,
                    "derived_tci_key",
                    List.of(),
                    Duration.ofMinutes(1),
                    Optional.of(unit.socket()));
            deliver(encrypt(ZipUnpackerTest.zip("autorun.sh", "pwd; touch ran.tmp; mv *.tmp ran")));
            await(there.resolve("unzipped/ran"));

            assertEquals(there.resolve("unzipped") + "\n", unit.journal());
            assertArrayEquals(K, Files.readAllBytes(there.resolve("unzipped/derived_tci_key")));
            assertFalse(Files.exists(unzipped.resolve("ran")));
        }
    }

    @Test
    void payload_singleFile_keptAsItIs() throws Exception {
        start();
        deliver(encrypt("just text".getBytes(UTF_8)));
        await(unzipped.resolve("decrypted_payload"));
        service.close();

        assertEquals("just text", Files.readString(unzipped.resolve("decrypted_payload")));
    }

    @Test
    void payload_climbingZip_scriptNotRun() throws Exception {
        start();
        deliver(encrypt(ZipUnpackerTest.zip("autorun.sh", "touch ran", "../../climbed", "x")));
        await(unzipped.resolve("decrypted_payload"));
        service.close();

        assertFalse(Files.exists(unzipped.resolve("ran")));
        assertFalse(Files.exists(unzipped.resolve("autorun.sh")));
        assertFalse(Files.exists(keylime.resolve("climbed")));
    }

    @Test
    void payload_otherKeyOrTooShort_nothingReplaced() throws Exception {
        start();
        Files.createDirectories(unzipped);
        Files.writeString(unzipped.resolve("earlier"), "x");
        byte[] broken = encrypt("x".getBytes(UTF_8));
        broken[20] ^= 1;
        deliver(broken);
        deliver(new byte[31]);
        service.close();

        assertTrue(Files.exists(unzipped.resolve("earlier")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../key", "/tmp/key", "", "a/../../b"})
    void payload_climbingKeyName_refusedByName(String name) throws Exception {
        start(true, name, List.of());
        deliver(encrypt("x".getBytes(UTF_8)));
        service.close();

        assertFalse(Files.exists(unzipped));
        assertFalse(Files.exists(secure.resolve("key")));
    }

    @Test
    void payload_mutualTlsOff_keyKeptButNothingDone() throws Exception {
        start(false, "derived_tci_key", List.of());
        deliver(encrypt("x".getBytes(UTF_8)));
        service.close();

        assertFalse(Files.exists(unzipped));
        assertTrue(service.keys().prove("c").isPresent());
    }

    @Test
    void restart_sameBoot_keyStillProven() throws Exception {
        start();
        deliver(encrypt("x".getBytes(UTF_8)));
        await(unzipped.resolve("decrypted_payload"));
        byte[] before = service.keys().prove("c").orElseThrow();
        service.close();
        start();

        assertArrayEquals(before, service.keys().prove("c").orElseThrow());
        assertTrue(Files.exists(unzipped.resolve("decrypted_payload")));
    }

    @Test
    void close_scriptRuns_killedSoon() throws Exception {
        start();
        deliver(encrypt(ZipUnpackerTest.zip("autorun.sh", "touch started; sleep 1000")));
        await(unzipped.resolve("started"));
        long begin = System.nanoTime();
        service.close();

        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toSeconds() < 10);
    }

    private void run(String... command) throws Exception {
        var process =
                new ProcessBuilder(command)
                        .directory(keylime.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    /** Keylime's verifier signs with PSS and the longest salt; openssl does the same here. */
    private String signature(int bits) throws Exception {
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:" + bits,
                "-nodes",
                "-keyout",
                "rev.key",
                "-out",
                "rev.crt",
                "-subj",
                "/CN=revocation",
                "-days",
                "30");
        Files.writeString(keylime.resolve("msg"), MESSAGE);
        run(
                "openssl",
                "dgst",
                "-sha256",
                "-sign",
                "rev.key",
                "-sigopt",
                "rsa_padding_mode:pss",
                "-sigopt",
                "rsa_pss_saltlen:max",
                "-out",
                "sig",
                "msg");
        return Base64.getEncoder().encodeToString(Files.readAllBytes(keylime.resolve("sig")));
    }

    private void install(Path directory, String name, String script) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script);
        PrivateFiles.makeExecutable(directory.resolve(name));
    }

    @Test
    void revocation_signed_actionsInOrderWithTheMessage() throws Exception {
        start(true, "derived_tci_key", List.of("first"));
        install(
                installed,
                "first",
                "cp \"$1\" msg.copy; pwd >> order; stat -c %a \"$1\" > mode; echo first >> order");
        install(unzipped, "second", "echo second >> order; touch done");
        Files.writeString(unzipped.resolve("action_list"), "[ 'second' ]\n");
        String signature = signature(2048);
        Files.move(keylime.resolve("rev.crt"), unzipped.resolve("RevocationNotifier-cert.crt"));
        service.revocation(MESSAGE, signature);
        await(keylime.resolve("done"));
        service.close();

        assertEquals(
                keylime.toRealPath() + "\nfirst\nsecond\n",
                Files.readString(keylime.resolve("order")));
        assertEquals(MESSAGE, Files.readString(keylime.resolve("msg.copy")));
        assertEquals("600\n", Files.readString(keylime.resolve("mode")));
        assertFalse(Files.exists(secure.resolve("revocation.json")));
    }

    @Test
    void revocation_forgedOrOtherText_nothingRuns() throws Exception {
        start(true, "derived_tci_key", List.of("first"));
        install(installed, "first", "echo ran >> ran");
        Files.createDirectories(unzipped);
        String signature = signature(3072);
        Files.move(keylime.resolve("rev.crt"), unzipped.resolve("RevocationNotifier-cert.crt"));
        service.revocation(MESSAGE + " ", signature);
        service.revocation(MESSAGE, "");
        service.revocation(MESSAGE, "!!");
        service.revocation(MESSAGE, signature);
        await(keylime.resolve("ran"));
        service.close();

        assertEquals("ran\n", Files.readString(keylime.resolve("ran")));
    }

    @Test
    void revocation_floodOfForgedOnesWhileAnActionRuns_theGenuineOneIsNotLost() throws Exception {
        start(true, "derived_tci_key", List.of("first"));
        install(
                installed,
                "first",
                "echo ran >> ran; touch began; while [ ! -e go ]; do sleep 0.1; done;"
                        + " [ $(wc -l < ran) = 1 ] || touch both");
        Files.createDirectories(unzipped);
        String signature = signature(2048);
        Files.move(keylime.resolve("rev.crt"), unzipped.resolve("RevocationNotifier-cert.crt"));
        service.revocation(MESSAGE, signature);
        await(keylime.resolve("began"));
        service.revocation(MESSAGE, signature);
        for (int i = 0; i < 100; i++) {
            service.revocation(MESSAGE + " ", signature);
        }
        Files.createFile(keylime.resolve("go"));
        await(keylime.resolve("both"));
    }

    @Test
    void revocation_beforeItsCertificate_waitsForThePayload() throws Exception {
        start(true, "derived_tci_key", List.of("first"));
        install(installed, "first", "touch ran");
        String signature = signature(2048);
        for (int i = 0; i < 40; i++) {
            service.revocation(MESSAGE, signature);
        }
        deliver(
                encrypt(
                        ZipUnpackerTest.zip(
                                "RevocationNotifier-cert.crt",
                                Files.readString(keylime.resolve("rev.crt")))));

        await(keylime.resolve("ran"));
    }

    @Test
    void revocation_actionFails_restSkipped() throws Exception {
        start(true, "derived_tci_key", List.of("first", "second"));
        install(installed, "first", "touch first; exit 1");
        install(installed, "second", "touch second");
        Files.createDirectories(unzipped);
        String signature = signature(2048);
        Files.move(keylime.resolve("rev.crt"), unzipped.resolve("RevocationNotifier-cert.crt"));
        service.revocation(MESSAGE, signature);
        await(keylime.resolve("first"));
        service.close();

        assertFalse(Files.exists(keylime.resolve("second")));
    }

    @Test
    void revocation_actionTakesTooLong_killedByItsOwnTimeAndRestSkipped() throws Exception {
        start(true, "derived_tci_key", List.of("first", "second"), Duration.ofSeconds(1));
        install(installed, "first", "echo $$ > pid.new; mv pid.new pid; exec sleep 1000");
        install(installed, "second", "touch second");
        Files.createDirectories(unzipped);
        String signature = signature(2048);
        Files.move(keylime.resolve("rev.crt"), unzipped.resolve("RevocationNotifier-cert.crt"));
        service.revocation(MESSAGE, signature);
        await(keylime.resolve("pid"));
        long pid = Long.parseLong(Files.readString(keylime.resolve("pid")).strip());
        Await.until(
                "the action is dead",
                Duration.ofMinutes(5),
                () -> !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
        service.close();

        assertFalse(Files.exists(keylime.resolve("second")));
    }

    @Test
    void revocation_climbingActionNames_neverRun() throws Exception {
        start(true, "derived_tci_key", List.of());
        install(keylime, "evil", "touch ran-evil");
        install(installed, "good", "touch good");
        Files.createDirectories(unzipped);
        Files.writeString(
                unzipped.resolve("action_list"),
                "../../evil, ../evil, " + keylime.resolve("evil") + ", good");
        Files.createSymbolicLink(unzipped.resolve("evil"), keylime.resolve("evil"));
        String signature = signature(2048);
        Files.move(keylime.resolve("rev.crt"), unzipped.resolve("RevocationNotifier-cert.crt"));
        service.revocation(MESSAGE, signature);
        await(keylime.resolve("good"));
        service.close();

        assertFalse(Files.exists(keylime.resolve("ran-evil")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b c | a b c",
                "[a, 'b', \"c\"] | a b c",
                "'../a' b /c . | b",
                "[] | ''",
            })
    void actionList_spellings_plainNames(String text, String names) {
        assertEquals(names, String.join(" ", ActionList.parse(text)));
    }

    @ParameterizedTest
    @CsvSource({"1m, 1048576", "64k, 65536", "1G, 1073741824", "5000, 5000"})
    void secureSize_forms_bytes(String text, long bytes) {
        assertEquals(bytes, SecureFolder.bytes(text).orElseThrow());
    }

    @Test
    void secureSize_percent_ofTheHostsMemoryAsTmpfsTakesIt() throws Exception {
        Path meminfo =
                Files.writeString(
                        keylime.resolve("meminfo"), "MemTotal:        1000000 kB\nMemFree: 1 kB\n");

        assertEquals(10_240_000L * 20, SecureFolder.bytes("20%", meminfo).orElseThrow());
        assertEquals(Optional.empty(), SecureFolder.bytes("0%", meminfo));
        assertEquals(Optional.empty(), SecureFolder.bytes("5%", keylime.resolve("none")));
        assertTrue(SecureFolder.bytes("1%").orElseThrow() > 1 << 20);
    }

    @Test
    void secureFolder_otherFileSystem_refusedInKeylimesWords() throws Exception {
        Path info =
                Files.writeString(
                        keylime.resolve("mountinfo"),
                        "36 35 98:0 / "
                                + secure.toRealPath()
                                + " rw,noatime master:1 - ext4 /dev/root rw\n");

        var e =
                assertThrows(
                        PayloadException.class,
                        () -> SecureFolder.prepare(secure, "1m", info, (d, o) -> {}));
        assertEquals(
                "Secure mount error: Secure storage location "
                        + secure
                        + " already mounted on wrong file system type: ext4 (expected: tmpfs)",
                e.getMessage());
    }

    @Test
    void secureFolder_escapedPathAndLastMountCounts_typeFound() throws Exception {
        Path info =
                Files.writeString(
                        keylime.resolve("mountinfo"),
                        "1 2 0:1 / /a\\040b rw - ext4 x rw\n3 1 0:2 / /a\\040b rw shared:1 - tmpfs tmpfs rw\n");

        assertEquals(Optional.of("tmpfs"), SecureFolder.typeMountedAt(Path.of("/a b"), info));
        assertEquals(Optional.empty(), SecureFolder.typeMountedAt(Path.of("/a"), info));
    }

    @Test
    void secureFolder_notMounted_mountedWithSizeUnlessOnTmpfsAlready() throws Exception {
        Path info = Files.writeString(keylime.resolve("mountinfo"), "");
        var asked = new java.util.ArrayList<String>();
        SecureFolder.prepare(keylime.resolve("new"), "2m", info, (d, o) -> asked.add(o));

        boolean onTmpfs =
                Tool.run("stat", "-f", "-c", "%T", keylime.toString()).text().equals("tmpfs");
        assertEquals(onTmpfs ? List.of() : List.of("size=2m,mode=0700"), asked);
        assertTrue(Files.isDirectory(keylime.resolve("new")));
    }
}
