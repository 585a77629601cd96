// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The Java that the package carries: linked from the JDK that runs this, with the modules that the
 * agent needs.
 */
record OwnRuntime(Path folder) {
    private static final String MODULES =
            "java.base,java.logging,java.management,java.naming,jdk.management,jdk.net,jdk.unsupported";

    /**
     * Not used at run time: the launcher for keys, executable jars, the tools' view of an image.
     */
    private static final List<String> UNUSED =
            List.of("bin/keytool", "lib/jexec", "lib/jrt-fs.jar", "lib/classlist");

    /**
     * Providers whose modules are in the image. With any other in the list, the JCA looks for it on
     * the class path at the first request that these cannot serve, and loads a whole provider that
     * nobody asked for.
     */
    private static final Set<String> PROVIDERS =
            Set.of("SUN", "SunRsaSign", "SunEC", "SunJSSE", "SunJCE");

    /** As a process of its own: jlink called within another program makes other bytes each time. */
    Path link() throws IOException, InterruptedException {
        Stage.run(
                folder.getParent(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                        "--add-modules",
                        MODULES,
                        "--strip-debug",
                        "--no-man-pages",
                        "--no-header-files",
                        "--output",
                        folder.toString()));
        for (String file : UNUSED) {
            Files.delete(folder.resolve(file));
        }
        deleteLinks(folder.resolve("legal"));
        trimProviders(folder.resolve("conf/security/java.security"));
        return folder;
    }

    /** Links of other modules to the texts that java.base has: packages would hold copies. */
    private static void deleteLinks(Path notices) throws IOException {
        for (Path entry : Folders.walk(notices)) {
            if (Files.isSymbolicLink(entry)) {
                Files.delete(entry);
            }
        }
    }

    private static void trimProviders(Path file) throws IOException {
        List<String> kept = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("security.provider.")) {
                kept.add(line);
            } else if (PROVIDERS.contains(line.substring(line.indexOf('=') + 1))) {
                kept.add("security.provider." + ++number + line.substring(line.indexOf('=')));
            }
        }
        if (number != PROVIDERS.size()) {
            throw new IllegalStateException(
                    file + ": " + number + " providers (expected: " + PROVIDERS + ")");
        }
        Files.write(file, kept);
    }
}
