// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.HashAlgorithms;
import attestation.ima.ImaFolder;
import attestation.ima.ReplayMode;
import attestation.ima.SyntheticList;
import attestation.ima.follow.BootIdentity;
import attestation.ima.follow.FollowerSettings;
import attestation.ima.follow.KeepOpen;
import attestation.ima.follow.MeasurementFollower;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

class PrefixMatcherTest {
    private static final byte[] PCR_10_AFTER_103 =
            HexFormat.of()
                    .parseHex("ffe388739b51c08ef6470a5a3268d6ce161528f5c3b67acbed866aa05ad3b072");
    private static final byte[] PCR_10_AFTER_106 =
            HexFormat.of()
                    .parseHex("09964da6f56be14bdb45c2681779d2c18d247bb489d79449e307e0b3bfeefcc4");

    @TempDir Path dir;

    private final PrefixMatcher matcher = new PrefixMatcher(HashAlgorithms.standard());
    private final AtomicLong tests = new AtomicLong();
    private Optional<MeasurementFollower> follower = Optional.empty();

    @AfterEach
    void close() {
        follower.ifPresent(MeasurementFollower::close);
    }

    @Test
    void match_earlyQuoteOfTheRecordedBoot_isPrefix440() throws Exception {
        ImaFolder folder = new ImaFolder("debian12-6.1-tcb");
        MeasurementFollower list = follow(folder.ascii());
        byte[] attest = folder.bytes("quote-early.attest");
        byte[] digest = Arrays.copyOfRange(attest, attest.length - 32, attest.length);
        MessageDigest hash = MessageDigest.getInstance("SHA-256");

        Match.Proven match =
                assertInstanceOf(
                        Match.Proven.class,
                        matcher.match(list.view(), "sha256", early(folder, hash, digest)));

        assertEquals(440, match.entries());
        assertEquals(440, match.lines());
    }

    /** The early quote covers sha1:10 and sha256:10; the former is replayed beside. */
    private static Predicate<PcrLookup> early(ImaFolder folder, MessageDigest hash, byte[] digest)
            throws IOException {
        attestation.ima.Replay sha1 = new attestation.ima.Replay("sha1", ReplayMode.HASH);
        java.util.Iterator<attestation.ima.Entry> entries =
                attestation.ima.Lists.parse(folder.binary()).iterator();
        return pcrs -> {
            hash.update(sha1.value(10));
            hash.update(pcrs.pcr(10));
            boolean both = Arrays.equals(hash.digest(), digest);
            boolean only = Arrays.equals(hash.digest(pcrs.pcr(10)), digest);
            if (entries.hasNext()) {
                sha1.extend(entries.next());
            }
            return both || only;
        };
    }

    @Test
    void match_growingList_looksOnlyAtWhatIsNew() throws Exception {
        SyntheticList list = new SyntheticList("m", false);
        MeasurementFollower source = follow(list.ascii(0, 5000));
        assertEquals(
                new Match.Proven(5000, lines(list, 5000), ReplayMode.HASH),
                match(source, list.pcr10(5000)));
        long first = tests.getAndSet(0);

        Files.write(dir.resolve("list"), list.ascii(5000, 5010), StandardOpenOption.APPEND);
        source.drain();

        assertEquals(
                new Match.Proven(5004, lines(list, 5004), ReplayMode.HASH),
                match(source, list.pcr10(5004)));
        assertEquals(5001, first);
        assertEquals(5, tests.get());
    }

    @Test
    void match_sameQuoteAgain_isFoundAtOnce() throws Exception {
        SyntheticList list = new SyntheticList("m", true);
        MeasurementFollower source = follow(list.ascii(0, 3000));
        match(source, list.pcr10(2500));
        tests.set(0);

        assertInstanceOf(Match.Proven.class, match(source, list.pcr10(2500)));
        assertEquals(1, tests.get());
    }

    @Test
    void match_listThatNeverMatches_isSearchedWholeOnce() throws Exception {
        SyntheticList list = new SyntheticList("m", true);
        MeasurementFollower source = follow(list.ascii(0, 5000));
        Match.Unproven first =
                assertInstanceOf(Match.Unproven.class, match(source, new byte[] {7}));
        assertTrue(first.wholeList());
        tests.set(0);

        Files.write(dir.resolve("list"), list.ascii(5000, 5010), StandardOpenOption.APPEND);
        source.drain();
        Match.Unproven second =
                assertInstanceOf(Match.Unproven.class, match(source, new byte[] {1}));

        assertEquals(new Match.Unproven(5010, 0, false, false), second);
        assertTrue(tests.get() <= 3 * 11, tests + " tests for ten new entries in three modes");
    }

    @Test
    void match_pcrWentBackwards_isFoundFromEntryZeroOnce() throws Exception {
        SyntheticList list = new SyntheticList("m", true);
        MeasurementFollower source = follow(list.ascii(0, 5000));
        match(source, list.pcr10(5000));

        assertEquals(new Match.Proven(0, 0, ReplayMode.HASH), match(source, new byte[32]));
        assertEquals(
                new Match.Proven(4000, 4000, ReplayMode.HASH), match(source, list.pcr10(4000)));
    }

    @Test
    void matchOnward_quoteBeforeTheLastProven_leavesTheWholeListAlone() throws Exception {
        SyntheticList list = new SyntheticList("m", true);
        MeasurementFollower source = follow(list.ascii(0, 5000));
        match(source, list.pcr10(5000));
        tests.set(0);

        Match match = matcher.matchOnward(source.view(), "sha256", counting(list.pcr10(100)));

        assertEquals(new Match.Unproven(5000, 5000, true, false), match);
        assertEquals(1, tests.get());
        assertInstanceOf(Match.Proven.class, match(source, list.pcr10(100)));
    }

    @Test
    void matchOnward_quoteThatWasOvertaken_isFoundShortlyBeforeTheLastProven() throws Exception {
        SyntheticList list = new SyntheticList("m", true);
        MeasurementFollower source = follow(list.ascii(0, 5000));
        match(source, list.pcr10(4000));
        match(source, list.pcr10(4010));
        tests.set(0);

        Match match = matcher.matchOnward(source.view(), "sha256", counting(list.pcr10(4005)));

        assertEquals(new Match.Proven(4005, 4005, ReplayMode.HASH), match);
        assertTrue(tests.get() < 1100, tests + " tests: from 4010 to the end, 4000 to 4005");
        tests.set(0);
        assertInstanceOf(Match.Proven.class, match(source, list.pcr10(4010)));
        assertEquals(1, tests.get());
    }

    /** Entries 99, 103 and 104 go to PCRs 11 and 12; the values are Python's hashlib's. */
    @Test
    void match_entriesOfOtherPcrsBehindThePrefix_areCountedToIt() throws Exception {
        byte[] recorded = new ImaFolder("debian12-6.1-custom-policy").ascii();
        MeasurementFollower source = follow(head(recorded, 104));
        assertEquals(proven(104), match(source, PCR_10_AFTER_103));
        Files.write(dir.resolve("list"), recorded);
        source.drain();
        assertEquals(proven(105), match(source, PCR_10_AFTER_103));
        tests.set(0);
        assertEquals(proven(105), match(source, PCR_10_AFTER_103));
        assertEquals(1, tests.get());
        assertEquals(proven(106), match(source, PCR_10_AFTER_106));
        assertEquals(
                proven(103),
                matcher.match(source.view(), "sha256", PrefixMatcherTest::isBeforePcr12));
    }

    private static boolean isBeforePcr12(PcrLookup pcrs) {
        return Arrays.equals(pcrs.pcr(10), PCR_10_AFTER_103)
                && Arrays.equals(pcrs.pcr(12), new byte[32]);
    }

    private static Match.Proven proven(long entries) {
        return new Match.Proven(entries, entries, ReplayMode.HASH);
    }

    private static byte[] head(byte[] list, int lines) {
        int at = 0;
        for (int line = 0; line < lines; at++) {
            line += list[at] == '\n' ? 1 : 0;
        }
        return Arrays.copyOf(list, at);
    }

    @Test
    void match_foreignExtend_thenNamedSo() throws Exception {
        SyntheticList list = new SyntheticList("m", true);
        MeasurementFollower source = follow(list.ascii(0, 50));
        match(source, list.pcr10(50));
        byte[] foreign = new byte[] {9};
        Match.Unproven match = assertInstanceOf(Match.Unproven.class, match(source, foreign));

        assertEquals(OptionalLong.empty(), lostExtend(source, foreign));
        assertEquals(
                MismatchCause.FOREIGN_WRITER, cause(source, match, MismatchCause.Facts.none()));
    }

    @Test
    void lostExtend_oneOfThoseSinceTheLastProven_isFound() throws Exception {
        SyntheticList list = new SyntheticList("m", false);
        MeasurementFollower source = follow(list.ascii(0, 120));
        match(source, list.pcr10(50));
        for (long lost : new long[] {50, 51, 77, 118}) {
            byte[] pcr = list.pcr10(120, lost);
            Match.Unproven match = assertInstanceOf(Match.Unproven.class, match(source, pcr));
            OptionalLong found = lostExtend(source, pcr);
            assertEquals(OptionalLong.of(lost), found);
            assertEquals(
                    MismatchCause.TPM_LOST_AN_EXTEND,
                    MismatchCause.of(
                            source.view(),
                            source.statistics(),
                            match,
                            found,
                            MismatchCause.Facts.none()));
        }
    }

    @Test
    void lostExtend_beforeTheLastProvenOrTooMany_isNotSearched() throws Exception {
        SyntheticList list = new SyntheticList("m", true);
        MeasurementFollower source = follow(list.ascii(0, 400));
        assertEquals(OptionalLong.empty(), lostExtend(source, list.pcr10(400, 390)));
        match(source, list.pcr10(100));
        assertEquals(OptionalLong.empty(), lostExtend(source, list.pcr10(400, 390)));
        assertEquals(OptionalLong.empty(), lostExtend(source, list.pcr10(400, 90)));
        match(source, list.pcr10(400));
        assertEquals(OptionalLong.empty(), lostExtend(source, list.pcr10(400, 399)));
    }

    private OptionalLong lostExtend(MeasurementFollower source, byte[] pcr10) throws IOException {
        return matcher.lostExtend(
                source.view(), "sha256", values -> Arrays.equals(values.pcr(10), pcr10));
    }

    @Test
    void match_paddedBank_isFoundOutByItself() throws Exception {
        ImaFolder folder = new ImaFolder("debian12-6.1-custom-fmt-sha512-unavailable");
        MeasurementFollower source = follow(folder.binary());
        byte[] expected = folder.pcrs("sha512").getOrDefault(10, new byte[0]);

        Match match =
                matcher.match(source.view(), "sha512", p -> Arrays.equals(p.pcr(10), expected));

        assertEquals(new Match.Proven(124, 124, ReplayMode.PADDED_SHA1), match);
    }

    @Test
    void cause_recordedKexec_isNamed() throws Exception {
        ImaFolder folder = new ImaFolder("debian12-6.12-kexec-no-carry-over");
        MeasurementFollower source = follow(folder.ascii());
        Match.Unproven match =
                assertInstanceOf(
                        Match.Unproven.class,
                        match(source, folder.pcrs("sha256").getOrDefault(10, new byte[0])));

        assertEquals(
                MismatchCause.KEXEC_WITHOUT_CARRY_OVER,
                cause(source, match, new MismatchCause.Facts(true, false, true, false)));
    }

    @Test
    void cause_listWithoutTpm_isNamed() throws Exception {
        MeasurementFollower source = follow(new ImaFolder("debian12-6.12-no-tpm").ascii());
        Match.Unproven match =
                assertInstanceOf(Match.Unproven.class, match(source, new byte[] {1}));

        assertEquals(
                MismatchCause.NO_TPM_AT_BOOT, cause(source, match, MismatchCause.Facts.none()));
    }

    @Test
    void cause_listWithoutItsHead_isTrimmed() throws Exception {
        MeasurementFollower source = follow(new SyntheticList("m", true).ascii(10, 20));
        Match.Unproven match =
                assertInstanceOf(Match.Unproven.class, match(source, new byte[] {1}));

        assertEquals(MismatchCause.TRIMMED, cause(source, match, MismatchCause.Facts.none()));
    }

    @Test
    void cause_secondBootAggregate_isALossyKexec() throws Exception {
        SyntheticList first = new SyntheticList("m", true);
        byte[] two =
                Arrays.copyOf(
                        first.ascii(0, 10), first.ascii(0, 10).length + first.ascii(0).length);
        System.arraycopy(first.ascii(0), 0, two, first.ascii(0, 10).length, first.ascii(0).length);
        MeasurementFollower source = follow(two);
        Match.Unproven match =
                assertInstanceOf(Match.Unproven.class, match(source, new byte[] {1}));

        assertEquals(
                MismatchCause.KEXEC_LOST_ENTRIES, cause(source, match, MismatchCause.Facts.none()));
        assertEquals(
                MismatchCause.KEXEC_LOST_ENTRIES,
                cause(source, match, new MismatchCause.Facts(true, false, true, false)),
                "carried over, however much is known of the boot before");
    }

    private static MismatchCause cause(
            MeasurementFollower source, Match.Unproven match, MismatchCause.Facts facts)
            throws IOException {
        return MismatchCause.of(
                source.view(), source.statistics(), match, OptionalLong.empty(), facts);
    }

    private Match match(MeasurementFollower source, byte[] pcr10) throws IOException {
        return matcher.match(source.view(), "sha256", counting(pcr10));
    }

    private Predicate<PcrLookup> counting(byte[] pcr10) {
        return pcrs -> {
            tests.incrementAndGet();
            return Arrays.equals(pcrs.pcr(10), pcr10);
        };
    }

    private static long lines(SyntheticList list, long entries) {
        long lines = 0;
        for (long i = 0; i < entries; i++) {
            lines += list.lines(i);
        }
        return lines;
    }

    private MeasurementFollower follow(byte[] list) throws IOException {
        Files.write(dir.resolve("list"), list);
        FollowerSettings settings =
                new FollowerSettings(
                        dir.resolve("list"),
                        Optional.empty(),
                        KeepOpen.AUTO,
                        dir,
                        Long.MAX_VALUE,
                        new BootIdentity("boot", OptionalLong.empty()));
        MeasurementFollower opened = MeasurementFollower.open(settings);
        opened.drain();
        follower = Optional.of(opened);
        return opened;
    }
}
