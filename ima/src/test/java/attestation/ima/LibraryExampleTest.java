// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The examples in the package documentation, compiled and run as a program of somebody else: with
 * this module's classes and the JDK, nothing beside them.
 */
class LibraryExampleTest {
    private static final String BEGIN = " * {@snippet lang = java :";
    private static final String TCB = "debian12-6.12-tcb";

    @TempDir Path folder;

    @Test
    void replayExample_recordedList_printsTheTpmsValue() throws Exception {
        List<String> printed = run("package-info.java", list().toString());
        assertEquals("1362 " + pcr10(), printed.getLast());
        assertEquals(violations(), printed.size() - 1);
    }

    @Test
    void followExample_recordedList_showsNewsAndThePrefix() throws Exception {
        Path spool = Files.createDirectory(folder.resolve("spool"));
        String[] arguments = {list().toString(), spool.toString(), pcr10()};
        List<String> printed = run("follow/package-info.java", arguments);
        assertEquals("covers 1362 entries", printed.getLast());
        assertTrue(printed.getFirst().startsWith("entry 1000 pcr 10 ima-"), printed.getFirst());
        assertEquals(362 + 1, printed.size());
        arguments[2] = "11".repeat(32);
        assertEquals(
                "covers no prefix of 1362 entries",
                run("follow/package-info.java", arguments).getLast());
    }

    private Path list() throws IOException {
        return Files.write(folder.resolve("list"), new ImaFolder(TCB).binary());
    }

    private static String pcr10() {
        byte[] value = new ImaFolder(TCB).pcrs("sha256").get(10);
        return HexFormat.of().formatHex(Objects.requireNonNull(value));
    }

    private static long violations() {
        return new String(new ImaFolder(TCB).ascii(), StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.startsWith("10 " + "0".repeat(40) + " "))
                .count();
    }

    private List<String> run(String source, String... arguments) throws Exception {
        Path example = folder.resolve("Example.java");
        Files.writeString(example, snippet(Path.of("src/main/java/attestation/ima", source)));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classes()));
        command.add(example.toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        return printed.lines().toList();
    }

    private static String classes() throws URISyntaxException {
        return Path.of(Entry.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static String snippet(Path source) throws IOException {
        List<String> lines = Files.readAllLines(source);
        return lines.subList(lines.indexOf(BEGIN) + 1, lines.lastIndexOf(" * }")).stream()
                .map(line -> line.substring(Math.min(3, line.length())))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
