// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.agent.verify.Report;
import attestation.agent.verify.Verdict;
import attestation.fixtures.Await;
import attestation.fixtures.Bank;
import attestation.fixtures.GrowingLog;
import attestation.fixtures.ImaLogs;
import attestation.fixtures.MeasuredEntry;
import attestation.fixtures.Swtpm;
import attestation.fixtures.SwtpmExtension;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Lists that are not as they should be: status says what, and nothing is invented or hidden. */
class DaemonListTest {
    private static final int QUOTE = 0x158;
    private static final int PCR_READ = 0x17e;

    @RegisterExtension
    static final SwtpmExtension TPM = SwtpmExtension.perTest(Swtpm.builder().shared());

    @TempDir Path folder;
    private Swtpm tpm;
    private GrowingLog log;

    @BeforeEach
    void list(Swtpm own) {
        tpm = own;
        log = GrowingLog.in(folder, tpm);
        log.append(MeasuredEntry.named("boot_aggregate", 0));
        log.appendSynthetic(20);
    }

    private TestDaemon daemon() {
        return new TestDaemon(folder, tpm.tcti(), log);
    }

    private static void assertFailing(Section section, String... words) {
        assertEquals(Health.FAILING, section.health(), section.toString());
        for (String word : words) {
            assertTrue(section.reason().contains(word), section.toString());
        }
        assertFalse(section.next().isEmpty(), section.toString());
    }

    @Test
    void absentList_failsInStatusAndIsServedOnceItIsThere() throws Exception {
        List<MeasuredEntry> entries =
                List.of(MeasuredEntry.synthetic(1), MeasuredEntry.synthetic(2));
        log.remove();
        tpm.restart();
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            daemon.awaitSection("list", section -> section.health() == Health.FAILING);
            assertFailing(daemon.section("list"), "ascii_runtime_measurements");
            Visitor.Reply none = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, none.status());
            assertFalse(none.results().has("ima_measurement_list"));
            assertTrue(daemon.status().verdict() == Health.FAILING);
            log.replaceWith(entries);
            entries.forEach(log::extendOnly);
            daemon.awaitSection("list", section -> section.health() == Health.OK);
            assertEquals(Verdict.VERIFIED, daemon.visitor().verify(Visitor.IMA).verdict());
        }
    }

    @Test
    void unreadableList_failsInStatus() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("no-list"));
        try (TestDaemon daemon =
                daemon().set("ima.list", TestDaemon.quoted(directory)).start().awaitServing()) {
            daemon.awaitSection("list", section -> section.health() == Health.FAILING);
            assertFailing(daemon.section("list"), directory.toString());
        }
    }

    @Test
    void listThatVanishes_failsInStatusAndWhatWasReadIsServed() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            log.remove();
            daemon.awaitSection("list", section -> section.health() == Health.FAILING);
            Report report = daemon.visitor().verify(Visitor.IMA);
            assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
            assertEquals(21L, report.facts().get("proven_entries"));
        }
    }

    @Test
    void listThatShrinks_failsInStatusAndIsServedAsItIs() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            log.shrinkTo(10);
            daemon.awaitSection("list", section -> section.health() == Health.FAILING);
            assertFailing(daemon.section("list"), "21 entries were read before, it has 10");
            Report report = daemon.visitor().verify(Visitor.IMA);
            assertEquals(Verdict.REFUTED, report.verdict(), report.toString());
            assertFailing(daemon.section("evidence"), "replaced by another");
        }
    }

    @Test
    void listThatIsReplaced_failsInStatusAndIsServedAsItIs() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            List<MeasuredEntry> other =
                    List.of(
                            MeasuredEntry.named("boot_aggregate", 7),
                            MeasuredEntry.named("/bin/other", 8));
            log.replaceWith(other);
            daemon.awaitSection("list", section -> section.health() == Health.FAILING);
            assertFailing(daemon.section("list"), "is another one now", "it has 2");
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(
                    Files.readString(log.ascii()),
                    reply.results().get("ima_measurement_list").asText());
            assertFailing(daemon.section("evidence"), "replaced by another");
        }
    }

    @Test
    void halfALine_waitsAndIsServedWhenItIsWhole() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            log.appendHalf(MeasuredEntry.synthetic(77));
            Report before = daemon.visitor().verify(Visitor.IMA);
            assertEquals(21L, before.facts().get("list_entries"));
            assertEquals(Verdict.VERIFIED, before.verdict());
            log.finishHalf();
            Report after = daemon.visitor().verify(Visitor.IMA);
            assertEquals(22L, after.facts().get("proven_entries"), after.toString());
            assertEquals(Health.OK, daemon.status().verdict());
        }
    }

    @Test
    void entryThatWasNeverExtended_isServedAndFailsByName() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            log.listOnly(MeasuredEntry.named("/usr/bin/made-up", 42));
            daemon.awaitSection(
                    "evidence",
                    section -> {
                        Report report = verified(daemon);
                        assertEquals(22L, report.facts().get("list_entries"));
                        assertEquals(21L, report.facts().get("proven_entries"));
                        return section.health() == Health.FAILING;
                    });
            assertFailing(
                    daemon.section("evidence"), "entry 21 (/usr/bin/made-up)", "never extended");
            log.append(MeasuredEntry.synthetic(500));
            Report next = daemon.visitor().verify(Visitor.IMA);
            assertEquals(Verdict.REFUTED, next.verdict());
            assertFailing(
                    daemon.section("evidence"),
                    "the TPM lost an extend",
                    "entry 21 (/usr/bin/made-up)");
        }
    }

    private static Report verified(TestDaemon daemon) {
        try {
            Report report = daemon.visitor().verify(Visitor.IMA);
            assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
            return report;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void foreignWriterOfPcr10_isNamedAsCauseAndEvidenceIsServed() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            tpm.extend(10, Bank.SHA256, new byte[32]);
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, reply.status());
            assertEquals(
                    Files.readString(log.ascii()),
                    reply.results().get("ima_measurement_list").asText());
            assertFailing(daemon.section("evidence"), "something else extended it");
            assertTrue(daemon.journal().text().contains("cause=FOREIGN_WRITER"));
        }
    }

    @Test
    void listThatNeverMatches_isServedHoweverFastItGrows() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            tpm.extend(10, Bank.SHA256, new byte[32]);
            // PCR 10 is never what it was when it was quoted, whenever it is read
            tpm.proxy().before(PCR_READ, () -> log.appendSynthetic(1));
            tpm.proxy().before(QUOTE, () -> log.appendSynthetic(1));
            for (int i = 0; i < 5; i++) {
                tpm.proxy().reset();
                Visitor.Reply reply =
                        daemon.visitor().get(Visitor.integrity("abc" + i, Visitor.IMA, 0));
                assertEquals(200, reply.status(), reply.json().toString());
                assertEquals(i == 0 ? 2 : 1, tpm.proxy().count(QUOTE));
                assertEquals(i == 0 ? 1 : 0, tpm.proxy().count(PCR_READ));
                assertQuoted(reply.results().get("quote").asText());
                String list = reply.results().get("ima_measurement_list").asText();
                assertEquals(Files.readString(log.ascii()), list);
            }
            assertFailing(daemon.section("evidence"), "something else extended it");
        }
    }

    /** The PCR values beside the quote are those it speaks of (TPM 2.0 Part 2, 10.12.1). */
    private static void assertQuoted(String quote) throws Exception {
        String[] parts = quote.substring(1).split(":");
        byte[] attest = Base64.getDecoder().decode(parts[0]);
        byte[] blob = Base64.getDecoder().decode(parts[2]);
        byte[] digest = Arrays.copyOfRange(attest, attest.length - 32, attest.length);
        boolean found = false;
        for (int at = 0; at + 32 <= blob.length && !found; at++) {
            for (int other = 0; other + 32 <= blob.length && !found; other++) {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                sha256.update(blob, at, 32);
                sha256.update(blob, other, 32);
                found = Arrays.equals(sha256.digest(), digest);
            }
        }
        assertTrue(found, "no two values in the blob hash to the quoted digest");
    }

    @Test
    void listAfterKexec_isNamedAsCause() throws Exception {
        tpm.restart();
        log.replaceWith(List.of(MeasuredEntry.named("boot_aggregate", 0)));
        log.extendOnly(MeasuredEntry.named("boot_aggregate", 0));
        try (TestDaemon first = daemon().start().awaitHealthy()) {
            first.stop();
        }
        Path facts = daemon().state().resolve("boot-facts");
        String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.writeString(
                facts, Files.readString(facts).replace(bootId, UUID.randomUUID().toString()));
        List<MeasuredEntry> recorded = ImaLogs.of("debian12-6.12-kexec-no-carry-over").entries();
        log.replaceWith(recorded);
        recorded.forEach(log::extendOnly);
        try (TestDaemon second = daemon().start().awaitServing()) {
            Visitor.Reply reply = second.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, reply.status());
            assertFailing(second.section("evidence"), "kexec without carry-over");
            assertTrue(second.section("evidence").next().contains("CONFIG_IMA_KEXEC"));
            assertTrue(second.journal().text().contains("cause=KEXEC_WITHOUT_CARRY_OVER"));
        }
    }

    @Test
    void listThatLostEntriesInAKexec_isNamedAsCauseWithTheNextStep() throws Exception {
        log.extendOnly(MeasuredEntry.synthetic(800));
        log.append(MeasuredEntry.named("boot_aggregate", 0));
        log.appendSynthetic(3);
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(Files.readString(log.ascii()), list(reply));
            assertFailing(daemon.section("evidence"), "entries between load and execute were lost");
            assertTrue(daemon.section("evidence").next().contains("6.16"));
            assertTrue(daemon.journal().text().contains("cause=KEXEC_LOST_ENTRIES"));
        }
    }

    @Test
    void tpmResetWhileTheKernelRunsOn_isNamedAsCauseWithTheNextStep() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            tpm.restart();
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("a", Visitor.IMA, 0));
            assertEquals(Files.readString(log.ascii()), list(reply));
            assertFailing(daemon.section("evidence"), "TPM was reset while the kernel ran on");
            log.append(MeasuredEntry.synthetic(700));
            assertEquals(
                    200, daemon.visitor().get(Visitor.integrity("b", Visitor.IMA, 0)).status());
            assertFailing(daemon.section("evidence"), "TPM was reset while the kernel ran on");
            assertTrue(daemon.section("evidence").next().contains("resume from sleep"));
            assertTrue(daemon.journal().text().contains("cause=TPM_RESET"));
        }
    }

    /** Who can reset the TPM can make it vouch for less than it has vouched for before. */
    @Test
    void tpmResetAndTakenBackToAnEarlierPrefix_isServedAndFailsByName() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            assertEquals(21L, verified(daemon).facts().get("proven_entries"));
            tpm.restart();
            log.extendOnly(MeasuredEntry.named("boot_aggregate", 0));
            for (int entry = 1; entry < 6; entry++) {
                log.extendOnly(MeasuredEntry.synthetic(entry));
            }
            daemon.awaitSection(
                    "evidence",
                    section -> {
                        Report report = verified(daemon);
                        assertEquals(21L, report.facts().get("list_entries"));
                        assertEquals(6L, report.facts().get("proven_entries"));
                        return section.health() == Health.FAILING;
                    });
            assertFailing(daemon.section("evidence"), "entry 6 (", "never extended");
        }
    }

    @Test
    void listWithoutTpmAtBoot_isNamedAsCause() throws Exception {
        tpm.restart();
        log.replaceWith(ImaLogs.of("debian12-6.12-no-tpm").entries());
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, reply.status());
            assertFailing(daemon.section("evidence"), "no TPM when IMA started");
            assertTrue(daemon.section("evidence").next().contains("driver built in"));
            assertTrue(daemon.journal().text().contains("cause=NO_TPM_AT_BOOT"));
        }
    }

    @Test
    void listThatWasTrimmed_isNamedAsCauseWithTheNextStep() throws Exception {
        log.replaceWith(ImaLogs.of("debian12-6.12-no-tpm").entries().subList(5, 50));
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, reply.status());
            assertEquals(
                    Files.readString(log.ascii()),
                    reply.results().get("ima_measurement_list").asText());
            assertFailing(daemon.section("evidence"), "trimmed list", "boot_aggregate");
            assertTrue(daemon.section("evidence").next().contains("before the list is staged"));
            assertTrue(daemon.journal().text().contains("cause=TRIMMED"));
        }
    }

    @Test
    void listOfAnotherBoot_isNamedAsCauseWithTheNextStep() throws Exception {
        log.replaceWith(ImaLogs.of("debian12-6.12-custom-policy").entries());
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, reply.status());
            assertFailing(daemon.section("evidence"), "the list of another boot or host");
            assertTrue(daemon.journal().text().contains("cause=UNKNOWN"));
            assertTrue(daemon.section("evidence").next().contains("ima.list"));
        }
    }

    @Test
    void bankTheKernelPads_isVerifiedAndNamedWithTheNextStep() throws Exception {
        tpm.restart();
        log.replaceWith(List.of());
        log.padSha1Into(Bank.SHA256);
        log.append(MeasuredEntry.named("boot_aggregate", 0));
        log.appendSynthetic(5);
        log.append(MeasuredEntry.violation("/var/log/messages"));
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            assertEquals(200, reply.status());
            Section section = daemon.section("evidence");
            assertEquals(Health.DEGRADED, section.health(), section.toString());
            assertTrue(section.reason().contains("padded with zeros"), section.toString());
            assertTrue(section.next().contains("tpm.hash_alg"), section.toString());
            assertEquals(7L, daemon.field("evidence", "matched_entries"));
            assertTrue(daemon.journal().text().contains("SHA-1 padded with zeros"));
        }
    }

    @Test
    void disagreement_staysInTheHistoryAcrossARestart() throws Exception {
        Path history = daemon().state().resolve("history");
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            tpm.extend(10, Bank.SHA256, new byte[32]);
            daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            Await.until(
                    "the history tells it",
                    Duration.ofMinutes(2),
                    () -> Files.readString(history).contains("something else extended it"));
        }
        try (TestDaemon daemon = daemon().start().awaitServing()) {
            List<String> lines = Files.readAllLines(history);
            assertTrue(lines.getFirst().contains("started"), lines.toString());
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains("\tfailing\t")),
                    lines.toString());
            assertEquals(2, lines.stream().filter(line -> line.contains(" started")).count());
        }
    }

    @Test
    void entriesOfOtherPcrs_areMatchedFromTheListByOneCommand() throws Exception {
        tpm.restart();
        List<MeasuredEntry> recorded = ImaLogs.of("debian12-6.12-custom-policy").entries();
        log.replaceWith(List.of());
        recorded.subList(0, 100).forEach(log::append);
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            Visitor visitor = daemon.visitor();
            int mask = Visitor.IMA | 1 << 11 | 1 << 12;
            tpm.proxy().reset();
            for (MeasuredEntry entry : recorded.subList(100, recorded.size())) {
                log.append(entry);
                Visitor.Reply reply = visitor.get(Visitor.integrity("abc", mask, 0));
                assertEquals(200, reply.status());
                String served = reply.results().get("ima_measurement_list").asText();
                assertEquals(Files.readString(log.ascii(), StandardCharsets.UTF_8), served);
            }
            assertEquals(Map.of(QUOTE, recorded.size() - 100), tpm.proxy().counts());
            assertEquals(Health.OK, daemon.status().verdict());
        }
    }

    /** What a quote of PCR 10 cannot cover is no entry that was never extended. */
    @Test
    void entriesOfOtherPcrsAtTheEnd_areNoLostExtends() throws Exception {
        tpm.restart();
        List<MeasuredEntry> recorded = ImaLogs.of("debian12-6.12-custom-policy").entries();
        log.replaceWith(List.of());
        recorded.subList(0, 92).forEach(log::append);
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            recorded.subList(92, 94).forEach(log::append);
            Instant first = Instant.now();
            int quotes = 0;
            while (quotes < 3 || Instant.now().isBefore(first.plusSeconds(3))) {
                Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("a", Visitor.IMA, 0));
                assertEquals(Files.readString(log.ascii()), list(reply));
                quotes++;
            }
            assertEquals(94L, daemon.field("evidence", "matched_entries"));
            assertEquals(Health.OK, daemon.status().verdict());
        }
    }

    private static String list(Visitor.Reply reply) {
        return reply.results().get("ima_measurement_list").asText();
    }

    @Test
    void entriesOfAPcrThatNoTpmHas_areServedAndNamedWithTheNextStep() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            log.listOnly(MeasuredEntry.synthetic(900).ofPcr(33));
            log.append(MeasuredEntry.synthetic(901));
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("a", Visitor.IMA, 0));
            assertEquals(Files.readString(log.ascii()), list(reply));
            daemon.awaitSection("list", section -> section.health() == Health.DEGRADED);
            Section section = daemon.section("list");
            assertTrue(section.reason().contains("PCR 33, which no TPM has"), section.toString());
            assertTrue(section.next().contains("pcr="), section.toString());
            assertEquals(23L, daemon.field("evidence", "matched_entries"));
            assertEquals(Health.OK, daemon.section("evidence").health());
        }
    }

    @Test
    void pcrThatOthersExtendToo_isReadOnceAndStillMatches() throws Exception {
        tpm.restart();
        tpm.extend(11, Bank.SHA256, new byte[32]);
        List<MeasuredEntry> recorded = ImaLogs.of("debian12-6.12-custom-policy").entries();
        log.replaceWith(List.of());
        recorded.forEach(log::append);
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            int mask = Visitor.IMA | 1 << 11 | 1 << 12;
            assertEquals(200, daemon.visitor().get(Visitor.integrity("a", mask, 0)).status());
            tpm.proxy().reset();
            log.append(MeasuredEntry.synthetic(1));
            assertEquals(200, daemon.visitor().get(Visitor.integrity("b", mask, 0)).status());
            assertEquals(Map.of(QUOTE, 1), tpm.proxy().counts());
            assertEquals(Health.OK, daemon.status().verdict());
        }
    }

    @Test
    void oddNames_areServedByteForByteAsJson() throws Exception {
        tpm.restart();
        ImaLogs odd = ImaLogs.of("debian12-6.12-odd-names");
        log.replaceWith(List.of());
        log.append(odd.entries());
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            Visitor.Reply reply = daemon.visitor().get(Visitor.integrity("abc", Visitor.IMA, 0));
            // JSON is UTF-8: what is not is replaced, all else is the kernel's
            assertEquals(
                    new String(odd.ascii(), StandardCharsets.UTF_8),
                    reply.results().get("ima_measurement_list").asText());
            assertEquals(108L, daemon.field("list", "entries"));
            assertEquals(110L, daemon.field("list", "lines"));
            assertEquals(Health.OK, daemon.status().verdict());
        }
    }

    @Test
    void restart_resumesTheSpoolAndGoesOn() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            daemon.stop();
        }
        log.appendSynthetic(5);
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            assertTrue(daemon.field("list", "last_event").toString().contains("spool taken up"));
            Report report = daemon.visitor().verify(Visitor.IMA);
            assertEquals(26L, report.facts().get("proven_entries"), report.toString());
        }
    }

    @Test
    void restart_withASpoolOfOtherContent_readsTheListAnew() throws Exception {
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            daemon.stop();
        }
        Path spool = daemon().state().resolve("ima-list.spool");
        byte[] bytes = Files.readAllBytes(spool);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("/usr/bin/synthetic-5");
        assertTrue(at > 0);
        bytes[at + 1] = 'U';
        Files.write(spool, bytes);
        try (TestDaemon daemon = daemon().start().awaitHealthy()) {
            Report report = daemon.visitor().verify(Visitor.IMA);
            assertEquals(Verdict.VERIFIED, report.verdict(), report.toString());
            assertEquals(21L, report.facts().get("proven_entries"));
        }
    }
}
