// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The licence and notice texts that the libraries carry, beside the copyright file that names them
 * all.
 */
record Licences(Path folder) {
    private static final Pattern TEXT =
            Pattern.compile(
                    "(META-INF/)?(license/)?(LICENSE|NOTICE|LICENCE|LGPL2|AL2)[^/]*",
                    Pattern.CASE_INSENSITIVE);

    void ofLibraries(Path libraries) throws IOException {
        for (Path jar : Folders.list(libraries)) {
            if (jar.getFileName().toString().endsWith(".jar")) {
                ofLibrary(jar);
            }
        }
    }

    private void ofLibrary(Path jar) throws IOException {
        Path target = folder.resolve(jar.getFileName().toString().replaceFirst("\\.jar$", ""));
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (!entry.isDirectory() && TEXT.matcher(entry.getName()).matches()) {
                    Files.createDirectories(target);
                    String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                    Files.write(target.resolve(name), zip.getInputStream(entry).readAllBytes());
                }
            }
        }
    }
}
