// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The static class data archive (AppCDS) of the daemon. Made from a list of classes that is a
 * source file, so that two builds have the same bytes; Java refuses it by itself as soon as a jar
 * has another size or time. The AOT cache of JDK 25 does not notice: it must not be used.
 */
record ClassDataArchive(Path home, Path runtime, LauncherOptions options) {
    /**
     * Clears soft references at each collection. By default they are kept for some seconds: on a
     * busy machine those of the jars' manifests were gone by the time of the dump, and on an idle
     * one their strings were in it.
     */
    private static final String NO_CLOCK = "-XX:SoftRefLRUPolicyMSPerMB=0";

    void dump(Path classList, Path archive) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("env", "-i", runtime.resolve("bin/java").toString()));
        command.addAll(options.ofTheJvm());
        command.addAll(
                List.of(
                        "-Xshare:dump",
                        NO_CLOCK,
                        "-XX:SharedClassListFile=" + classList.toAbsolutePath(),
                        "-XX:SharedArchiveFile=" + home.relativize(archive),
                        "-cp",
                        options.relativeClassPath()));
        Stage.run(home, command);
        if (!Files.exists(archive)) {
            throw new IllegalStateException("java -Xshare:dump made no archive: " + command);
        }
    }
}
