// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Await;
import attestation.fixtures.Swtpm;
import attestation.fixtures.SwtpmExtension;
import attestation.fixtures.TpmFault;
import attestation.tpm.transport.TpmTransport;
import attestation.tpm.transport.TransportOpener;
import attestation.tpm.transport.Transports;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** What is between us and the TPM misbehaves. */
class FaultTest {
    private static final int CC_QUOTE = 0x158;
    private static final EkRequest EK = EkRequest.of(EncryptionAlgorithm.ECC256);

    @RegisterExtension
    static final SwtpmExtension TPM = SwtpmExtension.perClass(Swtpm.builder().shared());

    @AfterEach
    void tidy(Swtpm swtpm) {
        swtpm.proxy().clearFaults();
        swtpm.proxy().releaseHung();
        swtpm.attempt("tpm2_flushcontext", "-t");
        swtpm.attempt("tpm2_flushcontext", "-l");
    }

    static Stream<TpmFault> spoiltAnswers() {
        return Stream.of(
                new TpmFault.TwiceAnswered(),
                new TpmFault.ClaimedSize(9),
                new TpmFault.ClaimedSize(60000),
                new TpmFault.ClaimedSize(-1),
                new TpmFault.Garbage(new byte[0]),
                new TpmFault.Garbage(new byte[4]),
                new TpmFault.Garbage(new byte[5000]),
                new TpmFault.Garbage(Given.bytes("HTTP/1.1 400 Bad Request\r\n\r\n")),
                new TpmFault.FlippedByte(0),
                new TpmFault.FlippedByte(12), // parameter size
                new TpmFault.FlippedByte(15), // TPM2B_ATTEST size
                new TpmFault.FlippedByte(16), // magic
                new TpmFault.FlippedByte(24), // signer
                new TpmFault.FlippedByte(60), // qualifying data
                new TpmFault.Dropped(true),
                new TpmFault.Dropped(false));
    }

    @ParameterizedTest
    @MethodSource("spoiltAnswers")
    void quote_answerSpoiltOnce_isAskedAgainAndRight(TpmFault fault, Swtpm swtpm) throws Exception {
        TpmSettings settings = Given.settings(swtpm).withCommandTimeout(Duration.ofSeconds(3));
        try (Tpm tpm = Tpm.start(settings)) {
            Given.warmAk(tpm);
            swtpm.proxy().inject(CC_QUOTE, fault);
            Quote quote = Given.quote(tpm, "after the fault");
            assertArrayEquals(Given.bytes("after the fault"), quote.info().extraData());
            Quote next = Given.quote(tpm, "next");
            assertArrayEquals(Given.bytes("next"), next.info().extraData());
            assertTrue(tpm.snapshot().connected());
        }
    }

    @Test
    void quote_spoiltTwice_failsAndTheNextIsRight(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(16));
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.FlippedByte(16));
            TpmException e =
                    assertThrows(TpmException.BadResponse.class, () -> Given.quote(tpm, "n"));
            assertTrue(e.getMessage().contains("magic"), e.getMessage());
            assertEquals(1, tpm.snapshot().lastFailure().stream().count());
            assertArrayEquals(Given.bytes("m"), Given.quote(tpm, "m").info().extraData());
        }
    }

    @Test
    void extendPcr_answerLost_isNotRepeated(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            tpm.resetPcr(23, Given.PATIENCE);
            byte[] digest = new byte[32];
            PcrValues once = extendedOnce(tpm, digest);
            tpm.resetPcr(23, Given.PATIENCE);
            swtpm.proxy().inject(0x182, new TpmFault.Dropped(true));
            var extend = java.util.Map.of(HashAlgorithm.SHA256, digest);
            assertThrows(
                    TpmException.TransportBroken.class,
                    () -> tpm.extendPcr(23, extend, Given.PATIENCE));
            PcrSelection pcr = PcrSelection.of(HashAlgorithm.SHA256, 23);
            assertArrayEquals(
                    once.digest(HashAlgorithm.SHA256),
                    tpm.readPcrs(pcr, Given.PATIENCE).digest(HashAlgorithm.SHA256));
        }
    }

    private static PcrValues extendedOnce(Tpm tpm, byte[] digest) throws Exception {
        tpm.extendPcr(23, java.util.Map.of(HashAlgorithm.SHA256, digest), Given.PATIENCE);
        return tpm.readPcrs(PcrSelection.of(HashAlgorithm.SHA256, 23), Given.PATIENCE);
    }

    @Test
    void quote_answerLate_isReportedInTimeAndNeverTakenForTheNext(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.LateAnswer(Duration.ofSeconds(3)));
            long start = System.nanoTime();
            assertThrows(
                    TpmException.TimedOut.class,
                    () ->
                            tpm.quote(
                                    Given.bytes("late"),
                                    Given.PCRS,
                                    Lane.INTEGRITY,
                                    Duration.ofMillis(200)));
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(3).toNanos());
            Quote next = Given.quote(tpm, "next");
            assertArrayEquals(Given.bytes("next"), next.info().extraData());
            assertEquals(1, tpm.snapshot().discarded());
            assertEquals(0, tpm.snapshot().reconnects());
        }
    }

    @Test
    void quote_tpmHangs_othersFailAtTheirDeadlineAndItRecovers(Swtpm swtpm) throws Exception {
        TpmSettings settings =
                Given.settings(swtpm).withCommandTimeout(Duration.ofSeconds(2)).withQueueLimit(1);
        try (Tpm tpm = Tpm.start(settings)) {
            Given.warmAk(tpm);
            swtpm.proxy().inject(CC_QUOTE, new TpmFault.Hang());
            Duration soon = Duration.ofMillis(150);
            PcrSelection pcrs = Given.PCRS;
            byte[] nonce = Given.bytes("n");
            assertThrows(
                    TpmException.TimedOut.class,
                    () -> tpm.quote(nonce, pcrs, Lane.INTEGRITY, soon));
            TpmException.TpmBusy busy =
                    assertThrows(
                            TpmException.TpmBusy.class,
                            () -> tpm.quote(nonce, pcrs, Lane.INTEGRITY, soon));
            assertTrue(busy.getMessage().contains("other requests were before it"));
            assertEquals(0, tpm.snapshot().queueLength());
            assertArrayEquals(Given.bytes("m"), Given.quote(tpm, "m").info().extraData());
        }
    }

    /** A whole start and a quote, with every answer cut at a byte that moves on. */
    @Test
    void startAndQuote_everyAnswerCutSomewhere_recoversOrSaysWhy(Swtpm swtpm) throws Exception {
        AkBlob blob = blob(swtpm);
        int answers = answersOfAStart(swtpm, blob);
        boolean whole = Boolean.getBoolean("long");
        int step = whole ? 1 : 7;
        for (int answer = 0; answer < answers; answer++) {
            int length = 4096;
            for (int cut = answer % step; cut < length; cut += step) {
                length = cutOnce(swtpm, blob, answer, cut);
            }
        }
    }

    private static AkBlob blob(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            AkTemplate template = Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
            return tpm.createAk(EK, template, Given.PATIENCE);
        }
    }

    private static int answersOfAStart(Swtpm swtpm, AkBlob blob) throws Exception {
        swtpm.proxy().reset();
        try (Tpm tpm = Given.tpm(swtpm)) {
            tpm.loadAk(EK, blob, Given.PATIENCE);
            Given.quote(tpm, "n");
            return swtpm.proxy().total();
        }
    }

    /** Returns the length of the answer that was cut. */
    private static int cutOnce(Swtpm swtpm, AkBlob blob, int answer, int cut) throws Exception {
        swtpm.proxy().reset();
        TpmFault none = new TpmFault.LateAnswer(Duration.ZERO);
        for (int i = 0; i < answer; i++) {
            swtpm.proxy().inject(none);
        }
        swtpm.proxy().inject(new TpmFault.CutAnswer(cut));
        String where = "answer " + answer + " cut at " + cut;
        try (Tpm tpm = Given.tpm(swtpm)) {
            tpm.loadAk(EK, blob, Given.PATIENCE);
            String nonce = answer + "/" + cut;
            assertArrayEquals(
                    Given.bytes(nonce), Given.quote(tpm, nonce).info().extraData(), where);
        }
        assertEquals(List.of(), swtpm.transientHandles(), where);
        assertEquals(List.of(), swtpm.sessions(), where);
        var exchanges = swtpm.proxy().exchanges();
        return exchanges.size() > answer ? exchanges.get(answer).response().length : 0;
    }

    @Test
    void createAk_sessionAnswersLost_findsItsSessionsAndLeavesTheForeignOne(Swtpm swtpm)
            throws Exception {
        swtpm.raw().transmit(RefusalTest.START_SESSION);
        List<Integer> foreign = swtpm.sessions();
        assertEquals(1, foreign.size());
        try (Tpm tpm = Given.tpm(swtpm)) {
            tpm.getRandom(1, Given.PATIENCE);
            for (TpmFault fault :
                    List.of(
                            new TpmFault.Dropped(true),
                            new TpmFault.Dropped(false),
                            new TpmFault.CutAnswer(13),
                            new TpmFault.Garbage(new byte[20]))) {
                swtpm.proxy().inject(0x176, fault);
                AkTemplate template =
                        Given.template(EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
                tpm.createAk(EK, template, Given.PATIENCE);
                assertEquals(foreign, swtpm.sessions(), fault.toString());
            }
        }
    }

    @Test
    void quote_ourOwnDefect_endsTheRequestNotTheThread(Swtpm swtpm) throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        TpmSettings settings = Given.settings(swtpm);
        TransportOpener real = Transports.opener(settings.address());
        TransportOpener faulty = timeout -> new Defective(real.open(timeout), broken);
        try (Tpm tpm = Tpm.start(settings, faulty, java.time.Clock.systemUTC())) {
            Given.warmAk(tpm);
            broken.set(true);
            TpmException e =
                    assertThrows(TpmException.BadResponse.class, () -> Given.quote(tpm, "n"));
            assertTrue(e.getMessage().contains("StackOverflowError"), e.getMessage());
            broken.set(false);
            Given.quote(tpm, "m");
        }
    }

    /** Fails in a way that nobody foresaw. */
    private record Defective(TpmTransport real, AtomicBoolean broken) implements TpmTransport {
        @Override
        public byte[] transmit(byte[] command, Duration timeout) throws java.io.IOException {
            if (broken.get() && java.nio.ByteBuffer.wrap(command).getInt(6) == CC_QUOTE) {
                throw new StackOverflowError("as from a decoder");
            }
            return real.transmit(command, timeout);
        }

        @Override
        public void release() {
            real.release();
        }

        @Override
        public boolean managed() {
            return real.managed();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @Test
    void quote_tpmKilledAndRestarted_isServedAgainWithTheSameKey() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey key = Given.warmAk(tpm);
            swtpm.kill();
            Duration soon = Duration.ofMillis(300);
            TpmException.TpmUnavailable away =
                    assertThrows(
                            TpmException.TpmUnavailable.class,
                            () -> tpm.quote(Given.bytes("n"), Given.PCRS, Lane.INTEGRITY, soon));
            assertTrue(away.getMessage().contains("the TPM is away"), away.getMessage());
            assertFalse(tpm.snapshot().connected());
            swtpm.restart();
            Quote quote = Given.quote(tpm, "back");
            assertArrayEquals(key.qualifiedName(), quote.info().qualifiedSigner());
            TpmSnapshot after = tpm.snapshot();
            assertTrue(after.connected());
            assertTrue(after.akLoaded());
            assertEquals(1, after.reconnects());
            assertTrue(after.resets().stream().anyMatch(TpmSnapshot.Reset::reset));
        }
    }

    @Test
    void start_tpmComesLater_servesWhoWaits() throws Exception {
        try (Swtpm swtpm = Swtpm.start()) {
            swtpm.stop();
            try (Tpm tpm = Given.tpm(swtpm)) {
                Await.until("a failure", () -> tpm.snapshot().lastFailure().isPresent());
                assertTrue(tpm.maxQualifyingData().isEmpty());
                swtpm.restart();
                assertEquals(32, tpm.getRandom(32, Given.PATIENCE).length);
            }
        }
    }

    @Test
    void quote_akFlushedByAnother_isLoadedAgain(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            Given.warmAk(tpm);
            swtpm.run("tpm2_flushcontext", "-t");
            assertArrayEquals(Given.bytes("n"), Given.quote(tpm, "n").info().extraData());
            assertEquals(1, swtpm.transientHandles().size());
        }
    }

    @Test
    void quote_foreignKeyUnderOurHandle_isNeverTakenForOurs(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Given.tpm(swtpm)) {
            AttestationKey key = Given.warmAk(tpm);
            swtpm.run("tpm2_flushcontext", "-t");
            swtpm.run(
                    "tpm2_createprimary",
                    "-C",
                    "o",
                    "-G",
                    "ecc256:ecdsa-sha256:null",
                    "-a",
                    "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign",
                    "-c",
                    "foreign.ctx");
            assertEquals(1, swtpm.transientHandles().size());
            Quote quote = Given.quote(tpm, "n");
            assertArrayEquals(key.qualifiedName(), quote.info().qualifiedSigner());
            assertEquals(2, swtpm.transientHandles().size()); // the foreign one was left alone
        }
    }

    @Test
    void loadAk_leftoversOfAKilledRun_areFlushedAndForeignOnesStay(Swtpm swtpm) throws Exception {
        AkBlob blob = blob(swtpm);
        Tpm killed = Given.tpm(swtpm);
        killed.loadAk(EK, blob, Given.PATIENCE);
        List<Integer> foreign = Given.foreignObject(swtpm);
        try (Tpm next = Given.tpm(swtpm)) {
            next.loadAk(EK, blob, Given.PATIENCE);
            Given.quote(next, "n");
            List<Integer> now = swtpm.transientHandles();
            assertEquals(2, now.size());
            assertTrue(now.containsAll(foreign), now + " lack " + foreign);
        }
        killed.close();
        assertEquals(1, swtpm.transientHandles().size());
    }
}
