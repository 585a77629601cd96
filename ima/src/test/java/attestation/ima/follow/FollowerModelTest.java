// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import attestation.ima.HashAlgorithms;
import attestation.ima.SyntheticList;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Random histories of a list, its follower and its disk, against a plain re-read. */
class FollowerModelTest {
    @TempDir Path dir;

    private Random random = new Random(0);
    private final TestClock clock = new TestClock();
    private boolean binary;
    private SyntheticList entries = new SyntheticList("a", false);
    private int boots;
    private long listed;
    private long trimmed;
    private byte[] half = new byte[0];
    private FullDisk disk = new FullDisk(Path.of("unset"));
    private long cap = Long.MAX_VALUE;

    @ParameterizedTest
    @CsvSource({
        "1,false", "2,false", "3,false", "4,false", "5,false", "6,true", "7,true", "8,true",
                "9,true", "10,true",
        "11,false", "12,true", "13,false", "14,true", "15,false", "16,true", "17,false", "18,true",
                "19,false", "20,true"
    })
    void anyHistory_leavesWhatAPlainReadGives(int seed, boolean binaryList) throws IOException {
        random = new Random(seed);
        binary = binaryList;
        disk = new FullDisk(dir.resolve(MeasurementFollower.SPOOL_FILE));
        cap = seed % 5 == 0 ? 40_000 : Long.MAX_VALUE;
        reboot();
        MeasurementFollower follower = open();
        for (int step = 0; step < 120; step++) {
            follower = act(follower, random.nextInt(20));
            check(follower, "seed " + seed + " step " + step);
        }
        follower.close();
    }

    private MeasurementFollower act(MeasurementFollower follower, int action) throws IOException {
        switch (action) {
            case 0 -> {
                reboot();
                follower.close();
                return open();
            }
            case 1 -> replaceWithAnother();
            case 2, 3 -> trim(follower);
            case 4, 5 -> {
                tearSpool();
                return open();
            }
            case 6 -> disk.full = true;
            case 7, 8 -> {
                disk.full = false;
                clock.advance(Duration.ofMinutes(1));
            }
            case 9 -> {
                follower.close();
                return open();
            }
            case 10 -> growWithHalfAnEntry();
            case 11 -> rewriteTheSame();
            case 12 -> truncate();
            default -> grow(1 + random.nextInt(action < 17 ? 10 : 400));
        }
        return follower;
    }

    private void check(MeasurementFollower follower, String where) throws IOException {
        if (random.nextBoolean()) {
            while (follower.drain(Long.MAX_VALUE, 1 + random.nextInt(5000)).more()) {
                // in many small budgets
            }
        }
        Progress progress = follower.drain();
        LogView view = follower.view();
        assertEquals(
                FollowState.Kind.FOLLOWING,
                progress.state().kind(),
                where + " " + progress.state().reason());
        ModelCheck model = new ModelCheck(entries, listed, random, where + follower.takeNotices());
        model.view(view);
        assertEquals(model.violations(), follower.statistics().violations(), where);
    }

    private MeasurementFollower open() {
        FollowerSettings settings =
                new FollowerSettings(
                        list(),
                        Optional.empty(),
                        Optional.of(dir.resolve("count")),
                        random.nextBoolean() ? KeepOpen.NEVER : KeepOpen.AUTO,
                        dir,
                        cap,
                        new BootIdentity("boot-" + boots, OptionalLong.of(7)),
                        HashAlgorithms.standard(),
                        clock);
        return MeasurementFollower.open(settings, new Disk(disk, ListOpener.PLAIN));
    }

    private void reboot() throws IOException {
        boots++;
        replaceWithAnother();
    }

    private void replaceWithAnother() throws IOException {
        entries = new SyntheticList("b" + random.nextInt(1_000_000), false);
        listed = 1L + random.nextInt(50);
        trimmed = 0;
        half = new byte[0];
        writeList();
    }

    private void grow(int count) throws IOException {
        byte[] more = bytes(listed, listed + count);
        byte[] rest = Arrays.copyOfRange(more, half.length, more.length);
        Files.write(list(), rest, StandardOpenOption.APPEND);
        half = new byte[0];
        listed += count;
        writeCount();
    }

    private void growWithHalfAnEntry() throws IOException {
        grow(1);
        byte[] next = bytes(listed, listed + 1);
        half = Arrays.copyOf(next, random.nextInt(Math.min(next.length - 1, 40)) + 1);
        Files.write(list(), half, StandardOpenOption.APPEND);
    }

    private void trim(MeasurementFollower follower) throws IOException {
        boolean allInSpool = follower.statistics().spool().kind() == SpoolState.Kind.COMPLETE;
        if (allInSpool && cap == Long.MAX_VALUE && listed - trimmed > 1) {
            trimmed += 1L + random.nextLong(listed - trimmed - 1);
            half = new byte[0];
            writeList();
        }
    }

    private void rewriteTheSame() throws IOException {
        half = new byte[0];
        writeList();
    }

    /** Somebody cuts the file; then it may grow again. */
    private void truncate() throws IOException {
        if (trimmed == 0) {
            half = new byte[0];
            listed = 1 + random.nextLong(listed);
            try (FileChannel file = FileChannel.open(list(), StandardOpenOption.WRITE)) {
                file.truncate(bytes(0, listed).length);
            }
            writeCount();
        }
        if (random.nextBoolean()) {
            grow(1 + random.nextInt(40));
        }
    }

    private void tearSpool() throws IOException {
        Path file = dir.resolve(MeasurementFollower.SPOOL_FILE);
        if (Files.exists(file) && !disk.full) {
            byte[] next = entries.ascii(listed);
            byte[] torn =
                    random.nextBoolean()
                            ? Arrays.copyOf(next, random.nextInt(next.length))
                            : new byte[] {0, 1, '\n', ' '};
            Files.write(file, torn, StandardOpenOption.APPEND);
        }
    }

    private void writeList() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(trimmed, listed));
        Path fresh = dir.resolve("list.new");
        Files.write(fresh, out.toByteArray());
        Files.move(fresh, list(), StandardCopyOption.ATOMIC_MOVE);
        writeCount();
    }

    private void writeCount() throws IOException {
        Files.writeString(dir.resolve("count"), (listed - trimmed) + "\n");
    }

    private byte[] bytes(long from, long to) {
        return binary ? entries.binary(from, to) : entries.ascii(from, to);
    }

    private Path list() {
        return dir.resolve("list");
    }
}
