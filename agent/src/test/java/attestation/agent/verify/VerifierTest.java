// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The whole way over mutual TLS, against a server that answers whatever the test says. */
final class VerifierTest {
    private static final KeyPair AK = QuoteBuilder.rsa();
    private static final byte[] PCR_10 =
            HexFormat.of()
                    .parseHex("754ecc5c6a12584b321b01c34d9a48014251e61e0d037603af66f3b568eedf09");
    private static final byte[] PCR_16 =
            HexFormat.of()
                    .parseHex("40627052f503ef2c96d22f52f8f1d201e72e7d217718ee6896d578c1f48b7d24");

    @TempDir static Path pki = Path.of("unset");
    @TempDir Path folder;
    private final Verifier verifier = new Verifier(new SecureRandom());
    private Optional<Path> state = Optional.empty();
    private Optional<Path> save = Optional.empty();
    private Optional<Path> ak = Optional.empty();
    private OptionalLong from = OptionalLong.empty();
    private int resetCount = 3;
    private int lines = 3;
    private long clock = 1000;
    private Optional<String> oldNonce = Optional.empty();
    private final FakeAgent agent;

    // The server must be up before a test may use the field, which a constructor alone can promise.
    VerifierTest() throws Exception {
        agent = new FakeAgent(pki);
    }

    @BeforeAll
    static void certificates() throws Exception {
        FakeAgent.makePki(pki);
    }

    @BeforeEach
    void serve() throws Exception {
        agent.answering(this::genuine);
        ak =
                Optional.of(
                        Files.writeString(
                                folder.resolve("ak.pem"),
                                "-----BEGIN PUBLIC KEY-----\n"
                                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                                .encodeToString(AK.getPublic().getEncoded())
                                        + "\n-----END PUBLIC KEY-----\n"));
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private String genuine(String query) throws Exception {
        QuoteRequest asked = QuoteRequest.parse(query);
        QuoteBuilder quote = new QuoteBuilder(AK, "rsassa").pcr(10, PCR_10).pcr(16, PCR_16);
        quote.nonce = oldNonce.orElse(asked.nonce());
        quote.resetCount = resetCount;
        quote.clock = clock++;
        long entry = asked.from() > lines ? 0 : asked.from();
        return body(quote, entry);
    }

    private String body(QuoteBuilder quote, long entry) throws Exception {
        String[] all =
                new String(RecordedQuote.part("ima.list"), StandardCharsets.US_ASCII).split("\n");
        StringBuilder list = new StringBuilder();
        for (int i = (int) entry; i < lines; i++) {
            list.append(all[i]).append("\\n");
        }
        byte[] attest = quote.attest();
        Base64.Encoder base64 = Base64.getEncoder();
        String pem = new String(RecordedQuote.part("pubkey.pem"), StandardCharsets.US_ASCII);
        return "{\"code\":200,\"status\":\"Success\",\"results\":{\"quote\":\"r"
                + base64.encodeToString(attest)
                + ":"
                + base64.encodeToString(quote.signature(attest))
                + ":"
                + base64.encodeToString(quote.blob())
                + "\",\"hash_alg\":\"sha256\",\"enc_alg\":\"rsa\",\"sign_alg\":\"rsassa\","
                + "\"pubkey\":\""
                + pem.replace("\n", "\\n")
                + "\",\"ima_measurement_list\":\""
                + list
                + "\",\"ima_measurement_list_entry\":"
                + entry
                + ",\"boottime\":1764000000}}";
    }

    private Report pull() {
        return pull(agent.url(), agent.tls());
    }

    private Report pull(String url, VerifierOptions.Tls tls) {
        return verifier.pull(
                new VerifierOptions(
                        URI.create(url),
                        tls,
                        ak,
                        1 << 10,
                        true,
                        from,
                        state,
                        save,
                        Duration.ofSeconds(20),
                        1 << 20,
                        Policy.standard()));
    }

    private static void expect(Report report, Verdict verdict, String check) {
        assertEquals(verdict, report.verdict(), report.toString());
        assertEquals(check, report.cause().map(Check::name).orElse(""), report.toString());
    }

    @Test
    void pull_genuine_verifiedAndTheTailSaidToBeUnproven() {
        Report report = pull();
        expect(report, Verdict.VERIFIED, "");
        assertEquals(2L, report.facts().get("proven_entries"));
        assertEquals(1L, report.facts().get("unproven_entries"));
        String text = ReportText.render(report);
        assertTrue(text.contains("1 entries beyond the quote: unproven"), text);
        assertTrue(
                agent.queries
                        .getFirst()
                        .matches("nonce=[A-Za-z0-9]{20}&mask=0x400&partial=0&ima_ml_entry=0"),
                agent.queries.toString());
    }

    @Test
    void pull_twice_takesFreshNonces() {
        pull();
        pull();
        assertFalse(agent.queries.getFirst().equals(agent.queries.getLast()));
    }

    @Test
    void pull_withoutAk_couldNotTell() {
        ak = Optional.empty();
        expect(pull(), Verdict.UNDECIDED, "signature");
    }

    @Test
    void pull_foreignAk_refuted() throws Exception {
        ak = Optional.of(RecordedQuote.copy("ak.tpm2b", folder));
        expect(pull(), Verdict.REFUTED, "signature");
    }

    @Test
    void pull_replayedQuote_refuted() {
        oldNonce = Optional.of("AAAAAAAAAAAAAAAAAAAA");
        expect(pull(), Verdict.REFUTED, "nonce");
    }

    @Test
    void pull_saved_isVerifiedOfflineAndRefutedWithAnotherAk() throws Exception {
        save = Optional.of(folder.resolve("evidence"));
        expect(pull(), Verdict.VERIFIED, "");
        List<Path> sets = List.of(folder.resolve("evidence"));
        Policy policy = Policy.standard();
        expect(verifier.saved(sets, ak, Optional.empty(), policy), Verdict.VERIFIED, "");
        expect(
                verifier.saved(sets, Optional.empty(), Optional.empty(), policy),
                Verdict.UNDECIDED,
                "signature");
        Optional<Path> other = Optional.of(RecordedQuote.copy("ak.tpm2b", folder));
        expect(verifier.saved(sets, other, Optional.empty(), policy), Verdict.REFUTED, "ak");
    }

    @Test
    void pull_refuted_isSavedAllTheSame() {
        save = Optional.of(folder.resolve("evidence"));
        oldNonce = Optional.of("AAAAAAAAAAAAAAAAAAAA");
        expect(pull(), Verdict.REFUTED, "nonce");
        Report offline =
                verifier.saved(
                        List.of(folder.resolve("evidence")),
                        ak,
                        Optional.empty(),
                        Policy.standard());
        expect(offline, Verdict.REFUTED, "nonce");
    }

    @Test
    void pull_folderNotEmpty_couldNotTell() {
        save = Optional.of(folder);
        expect(pull(), Verdict.UNDECIDED, "set-up");
    }

    @Test
    void pull_withState_goesOnAndRefusesTheOldEvidence() {
        lines = 2;
        state = Optional.of(folder.resolve("state"));
        save = Optional.of(folder.resolve("first"));
        expect(pull(), Verdict.VERIFIED, "");
        save = Optional.of(folder.resolve("second"));
        Report second = pull();
        expect(second, Verdict.VERIFIED, "");
        assertTrue(agent.queries.getLast().endsWith("ima_ml_entry=2"), agent.queries.toString());
        assertEquals(0L, second.facts().get("list_entries"));
        Report old = verifier.saved(List.of(folder.resolve("first")), ak, state, Policy.standard());
        expect(old, Verdict.REFUTED, "clock");
        Report chain =
                verifier.saved(
                        List.of(folder.resolve("first"), folder.resolve("second")),
                        ak,
                        Optional.empty(),
                        Policy.standard());
        expect(chain, Verdict.VERIFIED, "");
        Report alone =
                verifier.saved(
                        List.of(folder.resolve("second")), ak, Optional.empty(), Policy.standard());
        expect(alone, Verdict.UNDECIDED, "list");
    }

    @Test
    void pull_lineNeverCovered_refutedTheSecondTime() {
        state = Optional.of(folder.resolve("state"));
        expect(pull(), Verdict.VERIFIED, "");
        expect(pull(), Verdict.REFUTED, "progress");
    }

    @Test
    void pull_hostReset_asksAgainFromZero() {
        lines = 2;
        state = Optional.of(folder.resolve("state"));
        expect(pull(), Verdict.VERIFIED, "");
        resetCount++;
        clock = 5;
        expect(pull(), Verdict.VERIFIED, "");
        assertEquals(3, agent.queries.size());
        assertTrue(agent.queries.get(1).endsWith("ima_ml_entry=2"));
        assertTrue(agent.queries.get(2).endsWith("ima_ml_entry=0"));
    }

    @Test
    void pull_stateOfAnotherHost_couldNotTell() throws Exception {
        state = Optional.of(folder.resolve("state"));
        expect(pull(), Verdict.VERIFIED, "");
        ak = Optional.of(RecordedQuote.copy("ak.tpm2b", folder));
        expect(pull(), Verdict.UNDECIDED, "set-up");
    }

    @Test
    void pull_damagedState_couldNotTell() throws Exception {
        state = Optional.of(Files.writeString(folder.resolve("state"), "format=x\n"));
        expect(pull(), Verdict.UNDECIDED, "set-up");
    }

    @Test
    void pull_nobodyThere_couldNotTell() {
        String url = agent.url();
        agent.close();
        expect(pull(url, agent.tls()), Verdict.UNDECIDED, "reach");
    }

    @Test
    void pull_foreignServer_couldNotTell() {
        VerifierOptions.Tls tls = agent.tls();
        Report report =
                pull(
                        agent.url(),
                        new VerifierOptions.Tls(
                                tls.certificate(),
                                tls.key(),
                                Optional.of(agent.folder.resolve("other.crt")),
                                Optional.empty()));
        expect(report, Verdict.UNDECIDED, "reach");
    }

    @Test
    void pull_pinnedServerAndOldKeyForm_verified() {
        Report report =
                pull(
                        agent.url(),
                        new VerifierOptions.Tls(
                                agent.folder.resolve("client.crt"),
                                agent.folder.resolve("client-old.key"),
                                Optional.empty(),
                                Optional.of(agent.folder.resolve("server.crt"))));
        expect(report, Verdict.VERIFIED, "");
    }

    @Test
    void pull_otherServerThanPinned_couldNotTell() {
        Report report =
                pull(
                        agent.url(),
                        new VerifierOptions.Tls(
                                agent.folder.resolve("client.crt"),
                                agent.folder.resolve("client.key"),
                                Optional.empty(),
                                Optional.of(agent.folder.resolve("other.crt"))));
        expect(report, Verdict.UNDECIDED, "reach");
    }

    @Test
    void pull_answer500_couldNotTell() {
        agent.answering(500, "{\"code\":500,\"status\":\"Unable to retrieve quote\"}");
        Report report = pull();
        expect(report, Verdict.UNDECIDED, "answer");
        assertTrue(report.cause().orElseThrow().text().contains("Unable to retrieve quote"));
    }

    @Test
    void pull_garbage_refuted() {
        agent.answering(200, "quote?");
        expect(pull(), Verdict.REFUTED, "answer");
    }

    @Test
    void pull_base64WithSlackBits_refuted() {
        agent.answering(
                query -> genuine(query).replaceFirst("\"quote\":\"r/1RDR4", "\"quote\":\"r/1RDR5"));
        Report report = pull();
        assertEquals(Verdict.REFUTED, report.verdict(), report.toString());
    }
}
