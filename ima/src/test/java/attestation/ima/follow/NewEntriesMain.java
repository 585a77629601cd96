// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.HashAlgorithms;
import attestation.ima.Lists;
import attestation.ima.Replay;
import attestation.ima.ReplayMode;
import attestation.ima.SyntheticList;
import attestation.ima.match.Match;
import attestation.ima.match.PrefixMatcher;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a hundred new entries cost of this process's CPU - drained, matched with a quote, sliced and
 * streamed - behind lists of two lengths, in turns; fails when the longer one costs more than half
 * again as much. The files are ordinary ones: the kernel's own walk of its list is not in it.
 *
 * <p>{@code packaging/bench-list cpu}. Arguments: a directory, and the two lengths.
 */
final class NewEntriesMain {
    private static final int NEW = 100;
    private static final int WARMUP = 400;
    private static final int ROUNDS = 400;
    private static final double MOST = 1.5;

    private NewEntriesMain() {}

    public static void main(String[] args) throws IOException {
        Path dir = Path.of(args[0]);
        try (Followed small = new Followed(dir.resolve("small"), Long.parseLong(args[1]));
                Followed large = new Followed(dir.resolve("large"), Long.parseLong(args[2]))) {
            long[] shortOnes = new long[ROUNDS];
            long[] longOnes = new long[ROUNDS];
            for (int round = -WARMUP; round < ROUNDS; round++) {
                long one = small.round();
                long other = large.round();
                if (round >= 0) {
                    shortOnes[round] = one;
                    longOnes[round] = other;
                }
            }
            double ratio = (double) median(longOnes) / median(shortOnes);
            System.out.printf(
                    "%d new entries, median CPU of %d rounds: %d us behind %s, %d us behind %s: %.2f times%n",
                    NEW,
                    ROUNDS,
                    median(shortOnes) / 1000,
                    args[1],
                    median(longOnes) / 1000,
                    args[2],
                    ratio);
            if (ratio > MOST) {
                System.out.println("more than " + MOST + " times");
                System.exit(1);
            }
        }
    }

    private static long median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** One list, its follower and matcher, and what the TPM would hold. */
    private static final class Followed implements AutoCloseable {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private final SyntheticList list = new SyntheticList("cpu", true);
        private final PrefixMatcher matcher = new PrefixMatcher(HashAlgorithms.standard());
        private final Replay tpm = new Replay("sha256", ReplayMode.HASH);
        private final ByteBuffer chunk = ByteBuffer.allocateDirect(64 * 1024);
        private final Path file;
        private final Path count;
        private final MeasurementFollower follower;
        private long entries;

        Followed(Path dir, long first) throws IOException {
            Files.createDirectories(dir);
            file = dir.resolve("list");
            count = dir.resolve("count");
            Files.write(file, new byte[0]);
            for (long left = first; left > 0; left -= 10_000) {
                grow((int) Math.min(left, 10_000));
            }
            follower =
                    MeasurementFollower.open(
                            new FollowerSettings(
                                    file,
                                    Optional.of(count),
                                    KeepOpen.ALWAYS,
                                    dir,
                                    Long.MAX_VALUE,
                                    new BootIdentity("cpu", OptionalLong.empty())));
            serve(tpm.value(10));
        }

        /** CPU nanoseconds that a hundred more cost. */
        long round() throws IOException {
            grow(NEW);
            byte[] quoted = tpm.value(10);
            long before = THREADS.getCurrentThreadCpuTime();
            serve(quoted);
            return THREADS.getCurrentThreadCpuTime() - before;
        }

        private void serve(byte[] quoted) throws IOException {
            long known = follower.view().lines();
            follower.drain(follower.kernelCount().orElseThrow());
            LogView view = follower.view();
            Match match =
                    matcher.match(view, "sha256", pcrs -> Arrays.equals(pcrs.pcr(10), quoted));
            Slice slice = view.slice(known, view.lines());
            long at = 0;
            for (int read = slice.read(0, chunk.clear());
                    read > 0;
                    read = slice.read(at, chunk.clear())) {
                at += read;
            }
            if (at != slice.bytes()
                    || !(match instanceof Match.Proven p)
                    || p.entries() != entries) {
                throw new IllegalStateException(match + " (expected: " + entries + " entries)");
            }
        }

        private void grow(int more) throws IOException {
            byte[] text = list.ascii(entries, entries + more);
            try (OutputStream out =
                    new BufferedOutputStream(
                            Files.newOutputStream(file, StandardOpenOption.APPEND))) {
                out.write(text);
            }
            Lists.parse(text).forEach(tpm::extend);
            entries += more;
            Files.writeString(count, entries + "\n");
        }

        @Override
        public void close() {
            follower.close();
        }
    }
}
