// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a person reads, and a shell: manual pages, completion, the sample configuration, changelogs,
 * licences.
 */
record Documents(Path home, Path root) {
    private static final String GENERATOR = "attestation.agent.cli.Reference";

    void write(Path runtime, String classPath) throws IOException, InterruptedException {
        link("usr/bin/agent", "../lib/attestation-agent/bin/agent");
        Path generated = Files.createTempDirectory("reference");
        try {
            Stage.run(
                    home,
                    List.of(
                            runtime.resolve("bin/java").toString(),
                            "-cp",
                            classPath,
                            GENERATOR,
                            generated.toString()));
            place(generated.resolve("agent.toml"), "etc/attestation-agent/agent.toml");
        } finally {
            Folders.delete(generated);
        }
    }

    private void link(String name, String target) throws IOException {
        Path link = root.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    private void place(Path file, String name) throws IOException {
        Path target = root.resolve(name);
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
    }
}
