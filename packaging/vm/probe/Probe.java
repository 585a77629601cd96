// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tries, one a line ("NAME ok" or "NAME refused: WHY"), what a compromised agent would try in its
 * place.
 */
final class Probe {
    private Probe() {}

    @FunctionalInterface
    private interface Attempt {
        void run() throws Throwable;
    }

    public static void main(String[] args) {
        attempt("shell", () -> new ProcessBuilder("/bin/sh", "-c", "true").start().waitFor());
        attempt("others-file", () -> Files.readAllBytes(Path.of("/var/lib/probe/secret")));
        attempt("shadow", () -> Files.readAllBytes(Path.of("/etc/shadow")));
        attempt(
                "own-configuration",
                () ->
                        FileChannel.open(
                                        Path.of("/etc/attestation-agent/agent.toml"),
                                        StandardOpenOption.WRITE)
                                .close());
        attempt(
                "own-code",
                () ->
                        FileChannel.open(
                                        Path.of("/usr/lib/attestation-agent/bin/agent"),
                                        StandardOpenOption.WRITE)
                                .close());
        attempt(
                "disk",
                () -> FileChannel.open(Path.of("/dev/vda"), StandardOpenOption.READ).close());
        attempt("mount", Probe::mount);
        attempt("executable-made", Probe::makeAndRun);
        attempt(
                "tpm",
                () ->
                        FileChannel.open(
                                        Path.of("/dev/tpmrm0"),
                                        StandardOpenOption.READ,
                                        StandardOpenOption.WRITE)
                                .close());
        attempt(
                "list",
                () ->
                        Files.readAllBytes(
                                Path.of(
                                        "/sys/kernel/security/integrity/ima/ascii_runtime_measurements")));
    }

    private static void attempt(String name, Attempt attempt) {
        String verdict;
        try {
            attempt.run();
            verdict = "ok";
        } catch (Throwable refusal) {
            verdict = "refused: " + refusal;
        }
        System.out.println("probe " + name + " " + verdict.replace('\n', ' '));
    }

    /** mount(2) of a tmpfs. */
    private static void mount() throws Throwable {
        Linker linker = Linker.nativeLinker();
        var signature =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS);
        var call = linker.downcallHandle(linker.defaultLookup().findOrThrow("mount"), signature);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = arena.allocateFrom("tmpfs");
            int result =
                    (int)
                            call.invokeExact(
                                    type, arena.allocateFrom("/mnt"), type, 0L, MemorySegment.NULL);
            if (result != 0) {
                throw new IOException("mount returned " + result);
            }
        }
    }

    private static void makeAndRun() throws IOException, InterruptedException {
        Path made = Path.of("/var/lib/attestation-agent/made");
        Files.copy(Path.of("/bin/true"), made);
        try {
            made.toFile().setExecutable(true);
            new ProcessBuilder(made.toString()).start().waitFor();
        } finally {
            Files.delete(made);
        }
    }
}
