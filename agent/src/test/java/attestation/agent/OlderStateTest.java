// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.verify.Report;
import attestation.agent.verify.Verdict;
import attestation.fixtures.GrowingLog;
import attestation.fixtures.ImaLogs;
import attestation.fixtures.MeasuredEntry;
import attestation.fixtures.Swtpm;
import attestation.fixtures.SwtpmExtension;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The state that the first version left, recorded with its TPM: see README.md beside it. */
class OlderStateTest {
    private static final String RECORDED = "/attestation/agent/older/";
    private static final String SPOOL = "ima-list.spool";
    private static final List<String> IDENTITY =
            List.of(
                    "agent_data.json",
                    "server-cert.crt",
                    "server-private.pem",
                    "payload-private.pem");
    private static final int SPOOLED = 60;
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    @RegisterExtension
    static final SwtpmExtension TPM = SwtpmExtension.perTest(Swtpm.builder().shared());

    @TempDir Path folder;
    private Swtpm tpm;
    private TestDaemon daemon;
    private GrowingLog log;

    @BeforeEach
    void recorded(Swtpm own) throws IOException {
        tpm = own;
        tpm.stop();
        Files.write(tpm.folder().resolve("state/tpm2-00.permall"), bytes("tpm2-00.permall"));
        tpm.restart();
        log = GrowingLog.in(folder, tpm);
        log.append(entries(0, SPOOLED));
        daemon =
                new TestDaemon(folder, tpm.tcti(), log)
                        .set("tpm.encryption_alg", "\"rsa\"")
                        .set("tpm.signing_alg", "\"rsassa\"");
        Files.createDirectories(daemon.state());
        for (String name : IDENTITY) {
            Files.write(daemon.state().resolve(name), bytes(name));
        }
        Files.write(daemon.state().resolve("boot-facts"), bytes("boot-facts"));
        Files.write(daemon.state().resolve("boot-time"), bytes("boot-time"));
    }

    private static List<MeasuredEntry> entries(int from, int to) {
        return ImaLogs.debian12Kernel612().entries().subList(from, to);
    }

    private static byte[] bytes(String name) throws IOException {
        try (var in = OlderStateTest.class.getResourceAsStream(RECORDED + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private Path spool() {
        return daemon.state().resolve(SPOOL);
    }

    @Test
    void restartIntoThisVersion_sameIdentityAndTheSpoolIsTakenUp() throws Exception {
        String now = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.write(spool(), ofBoot(now));
        try (TestDaemon running = daemon.start().awaitHealthy()) {
            String said = running.journal().text();
            assertTrue(said.contains("spool taken up: 60 entries, 9723 bytes"), said);
            sameHost(running);
        }
    }

    @Test
    void bootIntoThisVersion_sameIdentityAndANewSpool() throws Exception {
        Files.write(spool(), ofBoot("00000000-0000-4000-8000-000000000000"));
        try (TestDaemon running = daemon.start().awaitHealthy()) {
            String said = running.journal().text();
            assertTrue(said.contains("spool is of another boot"), said);
            assertFalse(said.contains("spool taken up"), said);
            sameHost(running);
        }
    }

    /** The recorded spool as it would be of this boot; nothing else of it changes. */
    private static byte[] ofBoot(String id) throws IOException {
        String text = new String(bytes(SPOOL), StandardCharsets.ISO_8859_1);
        return text.replaceFirst("boot=" + UUID, "boot=" + id)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Identity as it was, byte for byte, and all of the list attested, what is new included. */
    private void sameHost(TestDaemon running) throws Exception {
        log.append(entries(SPOOLED, SPOOLED + 5));
        Report report = running.visitor().verify(Visitor.IMA);
        assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
        assertEquals(SPOOLED + 5L, report.facts().get("proven_entries"));
        for (String name : IDENTITY) {
            assertArrayEquals(bytes(name), Files.readAllBytes(running.state().resolve(name)), name);
        }
    }
}
