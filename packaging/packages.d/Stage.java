// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Lays out everything that the packages install, as it will stand on the host, below one folder:
 * the tree with its own runtime and class data archive, the unit and what belongs to it, documents.
 * The same bytes from the same sources, wherever it runs.
 *
 * <p>Arguments: the runnable tree, the packaging folder, the folder to make, the time stamp (ISO
 * 8601) of all files, the version of the packages. Beside the folder, {@code deb} gets what dpkg is
 * told.
 */
public class Stage {
    /** Where the tree stands on a host. */
    static final String HOME = "/usr/lib/attestation-agent";

    public static void main(String[] arguments) throws Exception {
        Path packaging = Path.of(arguments[1]);
        Path root = Path.of(arguments[2]);
        Instant stamp = Instant.parse(arguments[3]);
        Path home = root.resolve(HOME.substring(1));

        Folders.delete(root);
        Folders.copy(Path.of(arguments[0]), home);
        // The runnable tree's archive is of another Java and of jars that are repacked here.
        Files.deleteIfExists(home.resolve("lib/agent.jsa"));
        keepNativesOf(home, System.getProperty("os.arch"));
        new Jars(stamp).repackAll(home.resolve("lib"));
        Folders.copy(packaging.resolve("../systemd/root").normalize(), root);
        Folders.copy(packaging.resolve("packages.d/root"), root);

        LauncherOptions options = LauncherOptions.of(home);
        options.writeFor(HOME, home.resolve("lib/run.options"));
        Path runtime = new OwnRuntime(home.resolve("runtime")).link();
        new Documents(home, root, stamp)
                .write(packaging, runtime, options.relativeClassPath(), arguments[4]);
        Folders.tidy(root, stamp);
        new ClassDataArchive(home, runtime, options)
                .dump(packaging.resolve("packages.d/class-list"), home.resolve("lib/agent.jsa"));
        OwnFiles.write(root, packaging, home.resolve("lib/own-files.sha256"));
        Folders.tidy(root, stamp);
        DebControl.write(
                packaging.resolve("packages.d/deb"), root.resolveSibling("deb"), arguments[4]);
    }

    /**
     * The names of machines: the JVM's own to those of {@code uname -m}, which the launcher asks.
     */
    private static void keepNativesOf(Path home, String jvmName) throws IOException {
        String machine = jvmName.equals("amd64") ? "x86_64" : jvmName;
        Path natives = home.resolve("lib/native");
        if (!Files.isDirectory(natives.resolve(machine))) {
            throw new IllegalStateException(
                    machine
                            + ": the tree has no native libraries for it (expected: x86_64 or aarch64)");
        }
        for (Path folder : Folders.list(natives)) {
            if (!folder.getFileName().toString().equals(machine)) {
                Folders.delete(folder);
            }
        }
    }

    /** Runs a program and returns its standard output; its failure is ours. */
    static String run(Path directory, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("JAVA_") || name.startsWith("JDK_"));
        Path errors = Files.createTempFile("stage", ".err");
        try {
            Process process = builder.redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        command
                                + ": exit code "
                                + process.exitValue()
                                + "\n"
                                + output
                                + Files.readString(errors));
            }
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
