// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import attestation.ima.follow.BootIdentity;
import attestation.ima.follow.FollowerSettings;
import attestation.ima.follow.KeepOpen;
import attestation.ima.follow.LogView;
import attestation.ima.follow.MeasurementFollower;
import attestation.ima.follow.Slice;
import attestation.ima.match.Match;
import attestation.ima.match.PrefixMatcher;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the engine costs: {@code packaging/bench-list jmh}, with a pattern of benchmark names if not
 * all are wanted.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ListBenchmark {
    private static final String RECORDED = "debian12-6.12-tcb";

    /** Runs them in forks with this process's class path, with allocation counted. */
    public static void main(String[] args) throws RunnerException {
        String pattern = args.length > 0 ? args[0] : ListBenchmark.class.getSimpleName();
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include(pattern)
                                        .forks(1)
                                        .warmupIterations(3)
                                        .warmupTime(TimeValue.seconds(1))
                                        .measurementIterations(5)
                                        .measurementTime(TimeValue.seconds(2))
                                        .addProfiler(GCProfiler.class)
                                        .build())
                        .run();
        Recorded recorded = new Recorded();
        for (RunResult result : results) {
            switch (result.getPrimaryResult().getLabel()) {
                case "parseAndHashAscii" -> perEntry(result, recorded.ascii);
                case "parseAndHashBinary" -> perEntry(result, recorded.binary);
                default -> {}
            }
        }
    }

    private static void perEntry(RunResult result, byte[] list) {
        int entries = new ImaFolder(RECORDED).count();
        double micros = result.getPrimaryResult().getScore();
        double allocated =
                Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                        .getScore();
        System.out.printf(
                "%s: %.0f entries/s, %.0f MB/s, %.0f bytes allocated an entry%n",
                result.getPrimaryResult().getLabel(),
                entries * 1e6 / micros,
                list.length / micros,
                allocated / entries);
    }

    /** The recorded list of a full boot: 1,362 entries. */
    @State(Scope.Benchmark)
    public static class Recorded {
        final byte[] ascii = new ImaFolder(RECORDED).ascii();
        final byte[] binary = new ImaFolder(RECORDED).binary();
    }

    /** A followed list, its newest hundred entries not matched yet. */
    @State(Scope.Benchmark)
    public static class Followed {
        private static final int NEW = 100;

        @Param({"1000", "1000000"})
        int entries;

        private Path dir = Path.of("");
        private Optional<MeasurementFollower> follower = Optional.empty();
        private byte[] proven = new byte[0];
        private final byte[] never = new byte[32];
        final PrefixMatcher matcher = new PrefixMatcher(HashAlgorithms.standard());
        final ByteBuffer chunk = ByteBuffer.allocateDirect(64 * 1024);

        @Setup
        public void open() throws IOException {
            SyntheticList list = new SyntheticList("bench", true);
            dir = Files.createTempDirectory("ima-bench");
            try (var out =
                    new java.io.BufferedOutputStream(Files.newOutputStream(dir.resolve("list")))) {
                for (int i = 0; i < entries; i++) {
                    out.write(list.ascii(i));
                }
            }
            MeasurementFollower opened =
                    MeasurementFollower.open(
                            new FollowerSettings(
                                    dir.resolve("list"),
                                    Optional.empty(),
                                    KeepOpen.ALWAYS,
                                    dir,
                                    Long.MAX_VALUE,
                                    new BootIdentity("bench", OptionalLong.empty())));
            opened.drain();
            follower = Optional.of(opened);
            proven = list.pcr10(entries - NEW);
            never[0] = 1;
            match(proven);
        }

        @TearDown
        public void delete() throws IOException {
            follower.orElseThrow().close();
            try (Stream<Path> files = Files.walk(dir)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }

        LogView view() {
            return follower.orElseThrow().view();
        }

        Match match(byte[] pcr10) throws IOException {
            return matcher.match(view(), "sha256", pcrs -> Arrays.equals(pcrs.pcr(10), pcr10));
        }

        long stream(Slice slice) throws IOException {
            long at = 0;
            for (int count = slice.read(0, chunk.clear());
                    count > 0;
                    count = slice.read(at, chunk.clear())) {
                at += count;
            }
            return at;
        }
    }

    @Benchmark
    public Object parseAndHashAscii(Recorded recorded) throws IOException {
        return Lists.replay(Lists.parse(recorded.ascii), "sha256", ReplayMode.HASH);
    }

    @Benchmark
    public Object parseAndHashBinary(Recorded recorded) throws IOException {
        return Lists.replay(Lists.parse(recorded.binary), "sha256", ReplayMode.HASH);
    }

    @Benchmark
    public Object matchSamePrefix(Followed followed) throws IOException {
        return followed.match(followed.proven);
    }

    /**
     * The quote is not found among the hundred new entries, so that the next call finds them as
     * new.
     */
    @Benchmark
    public Object matchHundredNew(Followed followed) throws IOException {
        return followed.matcher.matchOnward(
                followed.view(), "sha256", pcrs -> Arrays.equals(pcrs.pcr(10), followed.never));
    }

    @Benchmark
    public long sliceOfHundred(Followed followed) throws IOException {
        long lines = followed.view().lines();
        return followed.stream(followed.view().slice(lines - Followed.NEW, lines));
    }

    @Benchmark
    public long wholeListStreamed(Followed followed) throws IOException {
        return followed.stream(followed.view().slice(0, followed.view().lines()));
    }
}
