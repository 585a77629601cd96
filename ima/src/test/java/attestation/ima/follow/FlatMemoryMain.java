// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.SyntheticList;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets a list grow from 1,000 to 1,000,000 entries while eight readers stream all of it, and fails
 * when resident memory grows by more than 8 MB. Run with a small heap: {@code -Xmx24m}.
 *
 * <p>{@code packaging/bench-list memory}. Arguments: a directory, and the number of entries.
 */
final class FlatMemoryMain {
    private static final long START = 1_000;
    private static final int READERS = 8;
    private static final long MAX_GROWTH_KB = 8 * 1024;

    private FlatMemoryMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path dir = Path.of(args[0]);
        long entries = Long.parseLong(args[1]);
        SyntheticList list = new SyntheticList("memory", true);
        Path file = Files.write(dir.resolve("list"), list.ascii(0, START));
        FollowerSettings settings =
                new FollowerSettings(
                        file,
                        Optional.empty(),
                        KeepOpen.ALWAYS,
                        dir,
                        Long.MAX_VALUE,
                        new BootIdentity("memory", OptionalLong.empty()));
        try (MeasurementFollower follower = MeasurementFollower.open(settings)) {
            follower.drain();
            for (int i = 0; i < 400; i++) {
                readByAll(follower.view());
            }
            long before = residentKb();
            append(list, file, START, entries);
            follower.drain();
            readByAll(follower.view());
            readByAll(follower.view());
            long after = residentKb();
            System.out.printf(
                    "%d entries, %d MB: VmRSS %d -> %d kB%n",
                    follower.view().entries(), follower.view().bytes() >> 20, before, after);
            if (after - before > MAX_GROWTH_KB) {
                System.out.println("grew by more than " + MAX_GROWTH_KB + " kB");
                System.exit(1);
            }
        }
    }

    private static void append(SyntheticList list, Path file, long from, long to)
            throws IOException {
        try (OutputStream out =
                new BufferedOutputStream(
                        Files.newOutputStream(file, StandardOpenOption.APPEND), 1 << 16)) {
            for (long i = from; i < to; i++) {
                out.write(list.ascii(i));
            }
        }
    }

    private static void readByAll(LogView view) throws InterruptedException {
        AtomicLong read = new AtomicLong();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(Thread.ofPlatform().start(() -> read.addAndGet(readAll(view))));
        }
        for (Thread reader : readers) {
            reader.join();
        }
        if (read.get() != READERS * view.bytes()) {
            throw new IllegalStateException(
                    "read " + read.get() + " bytes (expected: " + READERS * view.bytes() + ")");
        }
    }

    private static long readAll(LogView view) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(64 * 1024);
        try {
            Slice slice = view.slice(0, view.lines());
            long at = 0;
            for (int count = slice.read(0, chunk);
                    count > 0;
                    count = slice.read(at, chunk.clear())) {
                at += count;
            }
            return at;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long residentKb() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
