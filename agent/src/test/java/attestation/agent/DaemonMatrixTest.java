// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import attestation.agent.status.Health;
import attestation.agent.verify.Verdict;
import attestation.fixtures.Bank;
import attestation.fixtures.GrowingLog;
import attestation.fixtures.MeasuredEntry;
import attestation.fixtures.Swtpm;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kinds of TPM: EK, banks, EK certificate, locked NV, passwords. Each EK meets each set of banks,
 * and each of the two meets every value of the rest; what a TPM cannot do is told at the start in
 * one sentence.
 */
class DaemonMatrixTest {
    private static final String PASSWORD = "correct horse";

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "rsa2048, SHA256,                     none,  open,   none",
        "rsa2048, SHA384,                     leaf,  locked, set",
        "rsa2048, SHA1 SHA256,                chain, open,   set",
        "rsa2048, SHA1 SHA256 SHA384 SHA512,  leaf,  locked, none",
        "rsa3072, SHA256,                     leaf,  locked, set",
        "rsa3072, SHA384,                     chain, open,   none",
        "rsa3072, SHA1 SHA256,                none,  open,   none",
        "rsa3072, SHA1 SHA256 SHA384 SHA512,  none,  open,   set",
        "ecc256,  SHA256,                     chain, open,   none",
        "ecc256,  SHA384,                     none,  open,   set",
        "ecc256,  SHA1 SHA256,                leaf,  open,   set",
        "ecc256,  SHA1 SHA256 SHA384 SHA512,  chain, locked, none",
        "ecc384,  SHA256,                     leaf,  open,   set",
        "ecc384,  SHA384,                     none,  open,   none",
        "ecc384,  SHA1 SHA256,                leaf,  locked, none",
        "ecc384,  SHA1 SHA256 SHA384 SHA512,  chain, open,   set",
    })
    void start_anyOfThese_servesEvidenceThatHoldsAndLeavesNoTrace(
            String ek, String banks, String certificate, String nv, String passwords)
            throws Exception {
        try (Swtpm tpm = tpm(ek, banks, certificate, nv.equals("locked")).start()) {
            String at = certificate.equals("none") ? "" : certify(tpm, ek, certificate);
            TestDaemon daemon = daemon(tpm, ek, banks);
            if (passwords.equals("set")) {
                tpm.run("tpm2_changeauth", "-c", "endorsement", PASSWORD);
                tpm.run("tpm2_changeauth", "-c", "owner", "hex:00ff");
                daemon.set("tpm.endorsement_password", TestDaemon.quoted(PASSWORD));
                daemon.set("tpm.owner_password", TestDaemon.quoted("hex:00ff"));
            }
            String before = loaded(tpm);
            try (daemon) {
                daemon.start().awaitHealthy();
                assertEquals(
                        at.isEmpty() ? "no EK certificate at NV index " + index(ek) : "present",
                        daemon.field("agent", "ek_certificate"));
                assertEquals(Verdict.VERIFIED, daemon.visitor().verify(Visitor.IMA).verdict());
            }
            assertEquals(before, loaded(tpm));
        }
    }

    /** As tpm2-tools see it. */
    private static String loaded(Swtpm tpm) {
        return Stream.of("transient", "loaded-session", "saved-session", "persistent")
                .map(kind -> kind + ":\n" + tpm.run("tpm2_getcap", "handles-" + kind).text())
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource({
        "SHA384, sha256, 'tpm.hash_alg: sha256 (expected: a PCR bank that is active in this TPM, of [sha384])'",
        "SHA256, sha384, 'tpm.hash_alg: sha384 (expected: a PCR bank that is active in this TPM, of [sha256])'",
    })
    void start_bankThatThisTpmHasNot_isToldInOneSentence(String banks, String hash, String words)
            throws Exception {
        try (Swtpm tpm = Swtpm.builder().banks(Bank.valueOf(banks)).shared().start();
                TestDaemon daemon =
                        daemon(tpm, "ecc256", banks).set("tpm.hash_alg", TestDaemon.quoted(hash))) {
            tells(daemon.start(), words);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rsa4096, rsassa, 'TPM2_CreatePrimary of the EK (H-7): TPM_RC_VALUE'",
    })
    void start_kindOfKeyThatThisTpmCannotMake_isToldInOneSentence(
            String ek, String signing, String words) throws Exception {
        try (Swtpm tpm = Swtpm.builder().shared().start();
                TestDaemon daemon =
                        daemon(tpm, ek, "SHA256")
                                .set("tpm.signing_alg", TestDaemon.quoted(signing))) {
            tells(daemon.start(), words);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wrong,    'TPM2_CreatePrimary of the EK (L-2): TPM_RC_BAD_AUTH'",
        "objects,  'TPM2_CreatePrimary of the EK (L-2): TPM_RC_OBJECT_MEMORY'",
        "sessions, 'TPM2_StartAuthSession: TPM_RC_SESSION_MEMORY'",
    })
    void start_wrongPasswordOrFullSlots_isToldInOneSentence(String trouble, String words)
            throws Exception {
        try (Swtpm tpm = Swtpm.builder().shared().start();
                TestDaemon daemon = daemon(tpm, "ecc256", "SHA256")) {
            switch (trouble) {
                case "wrong" -> tpm.run("tpm2_changeauth", "-c", "endorsement", PASSWORD);
                case "objects" -> fill(tpm);
                default -> sessions(tpm);
            }
            String before = loaded(tpm);
            tells(daemon.start(), words);
            assertEquals(before, loaded(tpm));
        }
    }

    private static void tells(TestDaemon daemon, String words) {
        daemon.awaitSection("agent", section -> section.reason().contains(words));
        daemon.awaitSection("agent", section -> section.health() == Health.FAILING);
        assertFalse(Files.exists(daemon.state().resolve("agent_data.json")));
    }

    private static void fill(Swtpm tpm) {
        for (int i = 0; i < 3; i++) {
            tpm.run("tpm2_createprimary", "-C", "o", "-c", i + ".ctx");
        }
    }

    private static void sessions(Swtpm tpm) throws Exception {
        for (int i = 0; i < 3; i++) {
            tpm.raw().transmit(DaemonProcessTest.startSession());
        }
    }

    private TestDaemon daemon(Swtpm tpm, String ek, String banks) {
        GrowingLog log = GrowingLog.in(folder, tpm);
        log.append(MeasuredEntry.named("boot_aggregate", 0));
        log.append(MeasuredEntry.named("/bin/sh", 1));
        String hash = banks.contains("SHA256") ? "sha256" : "sha384";
        return new TestDaemon(folder, tpm.tcti(), log)
                .set("tpm.hash_alg", TestDaemon.quoted(hash))
                .set("tpm.encryption_alg", TestDaemon.quoted(ek))
                .set(
                        "tpm.signing_alg",
                        TestDaemon.quoted(ek.startsWith("rsa") ? "rsassa" : "ecdsa"));
    }

    private static Swtpm.Builder tpm(String ek, String banks, String certificate, boolean locked) {
        Bank[] active = Arrays.stream(banks.split(" ")).map(Bank::valueOf).toArray(Bank[]::new);
        Swtpm.Builder builder = Swtpm.builder().banks(active).shared();
        builder = ek.equals("rsa3072") ? builder.rsa3072() : builder;
        builder = certificate.equals("none") ? builder.withoutEkCertificate() : builder;
        return locked ? builder.nvLocked() : builder;
    }

    private static String index(String ek) {
        return switch (ek) {
            case "rsa2048" -> "0x01c00002";
            case "rsa3072" -> "0x01c0001c";
            case "ecc256" -> "0x01c0000a";
            default -> "0x01c00016";
        };
    }

    /** swtpm certifies RSA and P-384 only; another one is given its neighbour's bytes. */
    private static String certify(Swtpm tpm, String ek, String certificate) throws Exception {
        String at = index(ek);
        if (ek.equals("ecc256")) {
            tpm.run("tpm2_nvread", "0x01c00016", "-o", "neighbour");
            store(tpm, at, Files.readAllBytes(tpm.folder().resolve("neighbour")));
        }
        if (certificate.equals("chain")) {
            Path issuer = Swtpm.ekCertificateAuthority().resolve("issuercert.pem");
            tpm.run("openssl", "x509", "-in", issuer.toString(), "-outform", "der", "-out", "der");
            store(tpm, "0x01c00100", Files.readAllBytes(tpm.folder().resolve("der")));
        }
        return at;
    }

    private static void store(Swtpm tpm, String index, byte[] bytes) throws Exception {
        Files.write(tpm.folder().resolve("nv"), bytes);
        String size = String.valueOf(bytes.length);
        String attributes = "ownerwrite|ownerread|authread|no_da";
        tpm.run("tpm2_nvdefine", index, "-C", "o", "-s", size, "-a", attributes);
        tpm.run("tpm2_nvwrite", index, "-C", "o", "-i", "nv");
    }
}
