// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.HashAlgorithms;
import attestation.ima.SyntheticList;
import attestation.ima.match.Match;
import attestation.ima.match.MismatchCause;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Random histories on a kernel that lets another program stage and trim its list: nothing that was
 * read is lost, and the other one is kept out only while the spool lacks entries.
 */
class StagingModelTest {
    private static final int STEPS = 150;

    @TempDir Path dir;

    private final TestClock clock = new TestClock();
    private Random random = new Random(0);
    private int boots;
    private long known;
    private long cap = Long.MAX_VALUE;
    private KeepOpen keepOpen = KeepOpen.AUTO;
    private FullDisk disk = new FullDisk(Path.of("unset"));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anyHistory_losesNothingAndLetsTheStagerWork(int seed) throws IOException {
        random = new Random(seed);
        cap = seed % 4 == 0 ? 60_000 : Long.MAX_VALUE;
        KernelList kernel = kernel(seed % 2 == 0);
        MeasurementFollower follower = open(kernel);
        int trims = 0;
        for (int step = 0; step < STEPS; step++) {
            long before = kernel.trimmed();
            follower = act(kernel, follower, random.nextInt(20));
            trims += kernel.trimmed() > before ? 1 : 0;
            check(kernel, follower, "seed " + seed + " step " + step);
        }
        follower.close();
        assertEquals(0, kernel.readers());
        assertTrue(trims > 5, trims + " trims: the stager never had its turn");
    }

    private KernelList kernel(boolean binary) throws IOException {
        disk = new FullDisk(dir.resolve(MeasurementFollower.SPOOL_FILE));
        KernelList kernel = new KernelList(dir, binary, true);
        boot(kernel);
        return kernel;
    }

    private void boot(KernelList kernel) {
        boots++;
        known = 0;
        kernel.boots(
                new SyntheticList("s" + random.nextInt(1_000_000), false), 1L + random.nextInt(50));
    }

    private MeasurementFollower act(KernelList kernel, MeasurementFollower follower, int action)
            throws IOException {
        switch (action) {
            case 0 -> {
                boot(kernel);
                follower.close();
                return open(kernel);
            }
            case 1 -> {
                kernel.readersDie();
                tearSpool(kernel);
                return open(kernel);
            }
            case 2 -> {
                follower.close();
                return open(kernel);
            }
            case 3 -> disk.full = true;
            case 4, 5 -> {
                disk.full = false;
                clock.advance(Duration.ofMinutes(1));
            }
            case 6, 7, 8, 9, 10 -> stage(kernel, follower);
            case 11, 12 -> kernel.stagerCloses();
            default -> kernel.grow(1 + random.nextInt(action < 18 ? 10 : 300));
        }
        return follower;
    }

    /** Takes some or all of what the follower has seen, and may stay for a while. */
    private void stage(KernelList kernel, MeasurementFollower follower) {
        boolean complete = follower.statistics().spool().kind() == SpoolState.Kind.COMPLETE;
        boolean had = kernel.isStaging();
        boolean opened = kernel.stagerOpens();
        assertEquals(had || complete, opened, "a stager is refused only for the spool's sake");
        long seen = known - kernel.trimmed();
        if (opened && seen > 0) {
            kernel.trim(random.nextBoolean() ? seen : 1 + random.nextLong(seen));
        }
        if (random.nextBoolean()) {
            kernel.stagerCloses();
        }
    }

    private void check(KernelList kernel, MeasurementFollower follower, String where)
            throws IOException {
        Progress progress = follower.drain();
        String what = where + " " + progress.state() + follower.takeNotices();
        if (kernel.isStaging()) {
            assertEquals(FollowState.Kind.BUSY, progress.state().kind(), what);
        } else {
            assertEquals(FollowState.Kind.FOLLOWING, progress.state().kind(), what);
            known = kernel.listed();
            boolean complete = follower.statistics().spool().kind() == SpoolState.Kind.COMPLETE;
            assertEquals(complete, kernel.readers() == 0, what);
        }
        ModelCheck model = new ModelCheck(kernel.entries(), known, random, what);
        model.view(follower.view());
        assertEquals(model.violations(), follower.statistics().violations(), what);
    }

    private void tearSpool(KernelList kernel) throws IOException {
        Path file = dir.resolve(MeasurementFollower.SPOOL_FILE);
        if (Files.exists(file) && !disk.full) {
            byte[] next = kernel.entries().ascii(known);
            Files.write(
                    file,
                    java.util.Arrays.copyOf(next, random.nextInt(next.length)),
                    StandardOpenOption.APPEND);
        }
    }

    /**
     * Where a kernel logs a file each time it is read, no entry alone tells a place. With the seeds
     * from 306 on, the entry that stood last stands there again after a trim.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 306, 456, 559, 680, 707, 713, 927, 1017, 1064})
    void listThatRepeatsItself_trimmedAnywhere_goesOnWhereItWas(int seed) throws IOException {
        random = new Random(seed);
        KernelList kernel = kernel(seed % 2 == 0);
        kernel.boots(SyntheticList.repeating("again", 30), 200);
        try (MeasurementFollower follower = open(kernel)) {
            for (int step = 0; step < 25; step++) {
                check(kernel, follower, "seed " + seed + " step " + step);
                kernel.grow(1 + random.nextInt(200));
                assertTrue(kernel.stagerOpens());
                kernel.trim(1 + random.nextLong(known - kernel.trimmed() - 50));
                kernel.stagerCloses();
            }
            check(kernel, follower, "at the end");
            assertEquals(kernel.trimmed(), follower.statistics().trimmed());
        }
    }

    @Test
    void entriesTrimmedBeforeTheyWereRead_areNamedAsCause() throws IOException {
        KernelList kernel = kernel(true);
        try (MeasurementFollower follower = open(kernel)) {
            follower.drain();
            long read = kernel.listed();
            kernel.grow(5);
            assertTrue(kernel.stagerOpens());
            kernel.trim(kernel.listed());
            kernel.stagerCloses();
            kernel.grow(3);
            follower.drain();

            assertEquals(read + 3, follower.view().entries());
            assertEquals(read, follower.statistics().trimmed());
            assertEquals(
                    MismatchCause.TRIMMED,
                    MismatchCause.of(
                            follower.view(),
                            follower.statistics(),
                            new Match.Unproven(read + 3, read, true, true),
                            OptionalLong.empty(),
                            MismatchCause.Facts.none()));
        }
    }

    @Test
    void alwaysOpen_keepsTheStagerOut() throws IOException {
        keepOpen = KeepOpen.ALWAYS;
        KernelList kernel = kernel(false);
        try (MeasurementFollower follower = open(kernel)) {
            follower.drain();
            assertEquals(1, kernel.readers());
            assertFalse(kernel.stagerOpens());
        }
    }

    private MeasurementFollower open(KernelList kernel) {
        FollowerSettings settings =
                new FollowerSettings(
                        kernel.path(),
                        Optional.empty(),
                        Optional.of(kernel.count()),
                        keepOpen,
                        dir,
                        cap,
                        new BootIdentity("boot-" + boots, OptionalLong.of(7)),
                        HashAlgorithms.standard(),
                        clock);
        return MeasurementFollower.open(settings, new Disk(disk, kernel));
    }
}
