// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.https.ListenException;
import attestation.agent.status.Health;
import attestation.agent.status.SecondInstanceException;
import attestation.agent.verify.Verdict;
import attestation.fixtures.Await;
import attestation.fixtures.GrowingLog;
import attestation.fixtures.MeasuredEntry;
import attestation.fixtures.Swtpm;
import attestation.fixtures.SwtpmExtension;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** TPMs that are away, die, come back, or are another one. */
class DaemonTpmTest {
    @RegisterExtension
    static final SwtpmExtension TPM = SwtpmExtension.perTest(Swtpm.builder().shared());

    @TempDir Path folder;
    private Swtpm tpm;
    private GrowingLog log;
    private final List<MeasuredEntry> entries = new ArrayList<>();

    @BeforeEach
    void list(Swtpm own) {
        tpm = own;
        log = GrowingLog.in(folder, tpm);
        for (int i = 0; i < 10; i++) {
            entries.add(MeasuredEntry.named(i == 0 ? "boot_aggregate" : "/bin/" + i, i));
        }
        log.append(entries);
    }

    private TestDaemon daemon() {
        return new TestDaemon(folder, tpm.tcti(), log);
    }

    @Test
    void noTpmAtStart_failsWithTheReasonLetsRequestsWaitAndRecovers() throws Exception {
        tpm.stop();
        try (TestDaemon daemon = daemon().start()) {
            Await.until("asked", () -> daemon.section("tpm").health() == Health.FAILING);
            assertEquals(Health.FAILING, daemon.status().verdict());
            assertTrue(daemon.section("agent").reason().contains("swtpm:path="));
            CompletableFuture<Visitor.Reply> waiting =
                    daemon.visitor().later(Visitor.integrity("abc", Visitor.IMA, 0));
            CompletableFuture<Visitor.Reply> version = daemon.visitor().later("/version");
            tpm.restart();
            entries.forEach(log::extendOnly);
            assertEquals(200, version.get(30, TimeUnit.SECONDS).status());
            assertEquals(200, waiting.get(30, TimeUnit.SECONDS).status());
            daemon.awaitHealthy();
            assertEquals(Verdict.VERIFIED, daemon.visitor().verify(Visitor.IMA).verdict());
        }
    }

    @Test
    void tpmDiesWhileRequestsWait_answers500WithReasonAtTheDeadlineAndRecovers() throws Exception {
        try (TestDaemon daemon =
                daemon().set("https.request_timeout_s", "3").start().awaitHealthy()) {
            tpm.kill();
            List<CompletableFuture<Visitor.Reply>> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(daemon.visitor().later(Visitor.integrity("n" + i, Visitor.IMA, 0)));
            }
            for (CompletableFuture<Visitor.Reply> each : waiting) {
                Visitor.Reply reply = each.get(20, TimeUnit.SECONDS);
                assertEquals(500, reply.status());
                assertTrue(reply.text().contains("the TPM is away"), reply.text());
            }
            assertEquals(Health.FAILING, daemon.section("tpm").health());
            tpm.restart();
            entries.forEach(log::extendOnly);
            Visitor.Reply back = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, back.status());
            daemon.awaitHealthy();
            assertEquals(Verdict.VERIFIED, daemon.visitor().verify(Visitor.IMA).verdict());
        }
    }

    @Test
    void tpmDiesAndReturnsBeforeTheDeadline_requestsAreAnswered() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            tpm.kill();
            CompletableFuture<Visitor.Reply> waiting =
                    daemon.visitor().later(Visitor.integrity("abc", Visitor.IMA, 0));
            Await.until("noticed", () -> daemon.section("tpm").health() == Health.FAILING);
            tpm.restart();
            assertEquals(200, waiting.get(40, TimeUnit.SECONDS).status());
        }
    }

    @Test
    void failureMode_isSaidWithTheNextStepAndPassesWithAReset() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            tpm.fail();
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(500, reply.status());
            assertTrue(reply.text().contains("the TPM is in failure mode"), reply.text());
            assertEquals(Health.FAILING, daemon.section("tpm").health());
            assertTrue(daemon.section("tpm").reason().contains("TPM_RC_FAILURE (0x101)"));
            assertTrue(daemon.section("tpm").next().startsWith("power the host off and on"));
            tpm.restart();
            entries.forEach(log::extendOnly);
            daemon.awaitHealthy();
            assertEquals(Verdict.VERIFIED, daemon.visitor().verify(Visitor.IMA).verdict());
        }
    }

    @Test
    void othersHoldAllSlots_requestsWaitForThemUntilTheDeadline() throws Exception {
        try (TestDaemon daemon =
                daemon().set("https.request_timeout_s", "8").start().awaitHealthy()) {
            tpm.run("tpm2_flushcontext", "-t");
            for (int i = 0; i < 3; i++) {
                tpm.run("tpm2_createprimary", "-C", "o", "-c", i + ".ctx");
            }
            Visitor.Reply late = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(500, late.status());
            assertTrue(late.text().contains("all object slots of the TPM are taken"), late.text());
            CompletableFuture<Visitor.Reply> waiting =
                    daemon.visitor().later(Visitor.integrity("def", Visitor.IMA, 0));
            Await.until("refused", () -> daemon.section("tpm").health() == Health.FAILING);
            tpm.run("tpm2_flushcontext", "-t");
            assertEquals(200, waiting.get(40, TimeUnit.SECONDS).status());
            assertEquals(Verdict.VERIFIED, daemon.visitor().verify(Visitor.IMA).verdict());
        }
    }

    @Test
    void failureModeAtStart_isSaidWithTheNextStepAndPassesWithAReset() throws Exception {
        tpm.fail();
        try (TestDaemon daemon = daemon().start()) {
            daemon.awaitSection("tpm", s -> s.next().startsWith("power the host off and on"));
            assertEquals(Health.FAILING, daemon.status().verdict());
            tpm.restart();
            entries.forEach(log::extendOnly);
            daemon.awaitHealthy();
        }
    }

    @Test
    void lockout_isSaidWithItsRecoveryAndPassesWhenCleared() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            tpm.run("tpm2_dictionarylockout", "-s", "-n", "1", "-t", "1000", "-l", "1000");
            tpm.run("tpm2_createprimary", "-C", "o", "-p", "right", "-c", "key.ctx");
            tpm.attempt("tpm2_create", "-C", "key.ctx", "-P", "wrong", "-u", "u", "-r", "r");
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(500, reply.status());
            assertTrue(reply.text().contains("one is forgiven every 1000 s"), reply.text());
            assertEquals(Health.FAILING, daemon.section("tpm").health());
            assertTrue(daemon.section("tpm").reason().contains("one is forgiven every 1000 s"));
            assertTrue(daemon.section("tpm").next().contains("clear the lockout"));
            tpm.run("tpm2_dictionarylockout", "-c");
            Visitor.Reply again = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, again.status());
            assertEquals(Health.OK, daemon.section("tpm").health());
        }
    }

    @Test
    void restart_keepsAkAndCertificate() throws Exception {
        byte[] certificate;
        Object name;
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            certificate = Files.readAllBytes(daemon.certificate());
            name = daemon.field("agent", "ak_name");
        }
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            assertEquals(name, daemon.field("agent", "ak_name"));
            assertArrayEquals(certificate, Files.readAllBytes(daemon.certificate()));
            assertEquals(68, name.toString().length());
        }
    }

    @Test
    void stop_leavesNothingInTheTpm() throws Exception {
        List<Integer> handles = tpm.transientHandles();
        List<Integer> sessions = tpm.sessions();
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            assertEquals(handles.size() + 1, tpm.transientHandles().size());
            daemon.stop();
            assertFalse(Files.exists(daemon.socket()));
        }
        assertEquals(handles, tpm.transientHandles());
        assertEquals(sessions, tpm.sessions());
    }

    @Test
    void akOfAnotherTpm_staysUpFailsWithTheNextStepAndReplacesNothing() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            daemon.stop();
        }
        byte[] kept = Files.readAllBytes(daemon().state().resolve("agent_data.json"));
        try (Swtpm other = Swtpm.builder().shared().fresh().start();
                TestDaemon daemon =
                        new TestDaemon(folder, other.tcti(), log)
                                .set("https.request_timeout_s", "1")
                                .start()) {
            daemon.awaitSection("agent", section -> section.next().contains("identity reset"));
            assertEquals(Health.FAILING, daemon.section("agent").health());
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(500, reply.status());
            assertTrue(reply.text().contains("agent identity reset"), reply.text());
            assertArrayEquals(kept, Files.readAllBytes(daemon.state().resolve("agent_data.json")));
        }
    }

    @Test
    void damagedAgentData_isSetAsideNotReplacedAndTakenAgainWhenRestored() throws Exception {
        Object name;
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            name = daemon.field("agent", "ak_name");
        }
        Path data = daemon().state().resolve("agent_data.json");
        byte[] kept = Files.readAllBytes(data);
        Files.writeString(data, "{\"ak_hash_alg\":");
        try (TestDaemon daemon = daemon().start()) {
            daemon.awaitSection("agent", section -> section.reason().contains("set aside as"));
            assertEquals(Health.FAILING, daemon.section("agent").health());
            assertFalse(Files.exists(data));
        }
        try (TestDaemon daemon = daemon().start()) {
            daemon.awaitSection("agent", section -> section.reason().contains("was set aside as"));
            assertFalse(Files.exists(data), "a new AK was made because the old one was damaged");
            Files.write(data, kept);
            daemon.awaitServing();
            assertEquals(name, daemon.field("agent", "ak_name"));
        }
    }

    @Test
    void sealState_on_servesTheSameKeyAfterARestartAndKeepsNoPlainOne() throws Exception {
        String key;
        try (TestDaemon daemon = daemon().set("tpm.seal_state", "true").start().awaitServing()) {
            key = daemon.visitor().get("/v2.2/keys/pubkey").text();
            assertFalse(Files.exists(daemon.state().resolve("payload-private.pem")));
        }
        try (TestDaemon daemon = daemon().set("tpm.seal_state", "true").start().awaitServing()) {
            assertEquals(key, daemon.visitor().get("/v2.2/keys/pubkey").text());
        }
    }

    @Test
    void bankThatIsNotActive_isNamedBeforeAKeyIsMade() throws Exception {
        try (TestDaemon daemon =
                daemon().set("tpm.hash_alg", TestDaemon.quoted("sha512")).start()) {
            daemon.awaitSection(
                    "agent", section -> section.reason().contains("tpm.hash_alg: sha512"));
            assertFalse(Files.exists(daemon.state().resolve("agent_data.json")));
        }
    }

    @Test
    void hashEk_portTakenWhenTheTpmComes_endsTheAgentWithTheListenError() throws Exception {
        tpm.stop();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TestDaemon daemon =
                        daemon().set("agent.uuid", TestDaemon.quoted("hash_ek"))
                                .set("https.port", String.valueOf(taken.getLocalPort()))) {
            daemon.startOnly();
            Await.until("up", () -> Files.exists(daemon.socket()));
            tpm.restart();
            var failure =
                    assertThrows(
                            ExecutionException.class, () -> daemon.end().get(40, TimeUnit.SECONDS));
            assertInstanceOf(ListenException.class, failure.getCause());
            assertFalse(Files.exists(daemon.socket()));
        }
    }

    @Test
    void hashEk_firstStart_takesItsIdentifierFromTheEk() throws Exception {
        try (TestDaemon daemon =
                daemon().set("agent.uuid", TestDaemon.quoted("hash_ek")).start().awaitServing()) {
            assertEquals(daemon.agentData().ekHash(), daemon.field("agent", "agent_id"));
        }
    }

    @Test
    void stopWhileTheTpmIsAway_endsAtOnceAndTellsThoseWhoWait() throws Exception {
        tpm.stop();
        try (TestDaemon daemon = daemon().start()) {
            CompletableFuture<Visitor.Reply> waiting =
                    daemon.visitor().later(Visitor.integrity("abc", Visitor.IMA, 0));
            Await.until(
                    "in flight",
                    () -> ((Number) daemon.field("https", "requests_in_flight")).longValue() == 1);
            daemon.stop();
            assertEquals(500, waiting.get(10, TimeUnit.SECONDS).status());
        }
    }

    @Test
    void secondInstance_isRefusedBeforeItTouchesTheTpm() throws Exception {
        try (TestDaemon first = daemon().start().awaitHealthy()) {
            tpm.proxy().reset();
            TestDaemon second = daemon().startOnly();
            var failure =
                    assertThrows(
                            ExecutionException.class, () -> second.end().get(40, TimeUnit.SECONDS));
            assertInstanceOf(SecondInstanceException.class, failure.getCause());
            String text = String.valueOf(failure.getMessage());
            assertTrue(text.contains(String.valueOf(ProcessHandle.current().pid())), text);
            assertEquals(0, tpm.proxy().total());
            assertEquals(Health.OK, first.status().verdict());
        }
    }
}
