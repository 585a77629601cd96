// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process, under the names that all Prometheus clients use. Read from {@code /proc}: the client
 * library's own goes by way of JMX, which alone takes more memory than a scrape. What cannot be
 * read is left out.
 */
record ProcessFamilies(Path proc, ProcessHandle process) {
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d{1,15}) kB$");
    private static final Pattern VIRTUAL = Pattern.compile("(?m)^VmSize:\\s+(\\d{1,15}) kB$");
    private static final Pattern MOST_FILES =
            Pattern.compile("(?m)^Max open files\\s+(\\d{1,15})\\s");

    static ProcessFamilies ofThis() {
        return new ProcessFamilies(Path.of("/proc/self"), ProcessHandle.current());
    }

    void addTo(Families out) {
        out.moment(
                "process_start_time_seconds",
                "When the process was started.",
                process.info().startInstant());
        process.info()
                .totalCpuDuration()
                .ifPresent(
                        cpu ->
                                out.counter(
                                        "process_cpu_seconds",
                                        "User and system time of the process.",
                                        cpu.toMillis() / 1e3));
        String status = read("status");
        kilobytes(status, RESIDENT)
                .ifPresent(
                        bytes ->
                                out.gauge(
                                        "process_resident_memory_bytes",
                                        "Resident memory of the process.",
                                        bytes));
        kilobytes(status, VIRTUAL)
                .ifPresent(
                        bytes ->
                                out.gauge(
                                        "process_virtual_memory_bytes",
                                        "Address space of the process.",
                                        bytes));
        files(out);
    }

    private void files(Families out) {
        openFiles()
                .ifPresent(files -> out.gauge("process_open_fds", "Open file descriptors.", files));
        number(read("limits"), MOST_FILES)
                .ifPresent(
                        files ->
                                out.gauge(
                                        "process_max_fds",
                                        "How many file descriptors may be open.",
                                        files));
    }

    private Optional<Integer> openFiles() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(proc.resolve("fd"))) {
            int count = 0;
            for (var _ : files) {
                count++;
            }
            return Optional.of(count);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The kernel writes a page or two; an unreadable one has nothing in it. */
    private String read(String file) {
        try {
            return Files.readString(proc.resolve(file));
        } catch (IOException e) {
            return "";
        }
    }

    private static Optional<Long> kilobytes(String text, Pattern pattern) {
        return number(text, pattern).map(kilobytes -> kilobytes * 1024);
    }

    private static Optional<Long> number(String text, Pattern pattern) {
        Matcher found = pattern.matcher(text);
        return found.find() ? Optional.of(Long.valueOf(found.group(1))) : Optional.empty();
    }
}
