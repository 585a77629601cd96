// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The words that the launcher gives to Java for the daemon: it is the one place that knows them,
 * the unit and the class data archive take them from here.
 *
 * @param words with absolute paths into the tree, up to the main class
 */
record LauncherOptions(Path home, List<String> words) {
    private static final String MAIN = "attestation.agent.cli.Main";

    /** Asks the launcher of a tree that has no runtime yet, by a Java that only prints. */
    static LauncherOptions of(Path home) throws IOException, InterruptedException {
        Path java = Files.createTempDirectory("launcher");
        Path archive = Files.createFile(home.resolve("lib/agent.jsa"));
        try {
            Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25\"\n");
            Path program = Files.createDirectory(java.resolve("bin")).resolve("java");
            Files.writeString(program, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            List<String> command =
                    List.of(
                            "env",
                            "-u",
                            "AGENT_JAVA_OPTS",
                            "AGENT_JAVA_PLACES=" + java,
                            home + "/bin/agent",
                            "run");
            List<String> printed = Stage.run(home, command).lines().toList();
            int end = printed.indexOf(MAIN);
            if (end < 0 || !printed.contains("-XX:SharedArchiveFile=" + archive)) {
                throw new IllegalStateException("the launcher said: " + printed);
            }
            return new LauncherOptions(home, printed.subList(0, end + 1));
        } finally {
            Folders.delete(java);
            Files.delete(archive);
        }
    }

    /**
     * As an argument file of java(1) for the tree at its final place: no shell is needed to start
     * the daemon.
     */
    void writeFor(String place, Path file) throws IOException {
        List<String> lines =
                words.stream().map(word -> word.replace(home.toString(), place)).toList();
        if (lines.stream().anyMatch(line -> line.matches(".*[\\s\"'#\\\\].*"))) {
            throw new IllegalStateException(
                    "a word that an argument file would have to quote: " + lines);
        }
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    /** Options of the JVM alone: no class path, no main class, no archive. */
    List<String> ofTheJvm() {
        List<String> kept = new ArrayList<>();
        for (String word : words.subList(0, words.indexOf("-cp"))) {
            if (!word.startsWith("-XX:SharedArchiveFile=") && !word.startsWith("-Xshare:")) {
                kept.add(word.replace(home + "/", ""));
            }
        }
        return kept;
    }

    /**
     * The class path with paths relative to the tree, so that no place of a build gets into an
     * archive.
     */
    String relativeClassPath() {
        return words.get(words.indexOf("-cp") + 1).replace(home + "/", "");
    }
}
