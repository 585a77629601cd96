// SPDX-License-Identifier: Apache-2.0
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * What a person reads, and a shell: manual pages, completion, the sample configuration, changelogs,
 * licences.
 */
record Documents(Path home, Path root, Instant stamp) {
    private static final String GENERATOR = "attestation.agent.cli.Reference";
    private static final String SHARE = "usr/share/";
    private static final String DOC = SHARE + "doc/attestation-agent/";

    void write(Path packaging, Path runtime, String classPath, String version)
            throws IOException, InterruptedException {
        link("usr/bin/agent", "../lib/attestation-agent/bin/agent");
        generated(runtime, classPath);
        text(DOC + "changelog.gz", gzip(Files.readAllBytes(packaging.resolve("../CHANGELOG.md"))));
        text(
                DOC + "changelog.Debian.gz",
                gzip(debianChangelog(version).getBytes(StandardCharsets.UTF_8)));
        samples(packaging.resolve("ima-policies"), SHARE + "attestation-agent/ima-policies");
        samples(packaging.resolve("monitoring/share"), SHARE + "attestation-agent/monitoring");
        Path bom = root.resolveSibling("attestation-agent.cdx.json");
        if (Files.exists(bom)) {
            new Bom(bom).complete(home);
            text(DOC + "attestation-agent.cdx.json", Files.readAllBytes(bom));
        } else {
            System.err.println("packages without their bill of materials: Maven makes it online");
        }
        new Licences(root.resolve(DOC + "licences")).ofLibraries(home.resolve("lib"));
    }

    private void generated(Path runtime, String classPath)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("reference");
        try {
            String date = LocalDate.ofInstant(stamp, ZoneOffset.UTC).toString();
            String java = runtime.resolve("bin/java").toString();
            Stage.run(home, List.of(java, "-cp", classPath, GENERATOR, folder.toString(), date));
            text(
                    "etc/attestation-agent/agent.toml",
                    Files.readAllBytes(folder.resolve("agent.toml")));
            text(
                    SHARE + "man/man8/agent.8.gz",
                    gzip(Files.readAllBytes(folder.resolve("agent.8"))));
            text(
                    SHARE + "man/man5/agent.toml.5.gz",
                    gzip(Files.readAllBytes(folder.resolve("agent.toml.5"))));
            text(
                    SHARE + "bash-completion/completions/agent",
                    sourced(folder.resolve("agent.bash")));
            text(
                    SHARE + "zsh/vendor-completions/_agent",
                    Files.readAllBytes(folder.resolve("_agent")));
            text(
                    SHARE + "fish/vendor_completions.d/agent.fish",
                    Files.readAllBytes(folder.resolve("agent.fish")));
        } finally {
            Folders.delete(folder);
        }
    }

    /** Read by a shell, never run: without its first line. */
    private static byte[] sourced(Path script) throws IOException {
        return Files.readString(script)
                .replaceFirst("^#!.*\n", "")
                .getBytes(StandardCharsets.UTF_8);
    }

    private String debianChangelog(String version) {
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME
                        .localizedBy(Locale.ROOT)
                        .format(stamp.atZone(ZoneOffset.UTC));
        return """
                attestation-agent (%s) unstable; urgency=medium

                  * See changelog.gz beside this file.

                 -- The attestation-agent maintainers <maintainers@attestation-agent.invalid>  %s
                """
                .formatted(
                        version, date.replace("GMT", "+0000").replaceFirst(", (\\d) ", ", 0$1 "));
    }

    /** Files that an operator takes and changes: policies, alert rules, a dashboard. */
    private void samples(Path folder, String target) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                text(target + "/" + file.getFileName(), Files.readAllBytes(file));
            }
        }
    }

    private void link(String name, String target) throws IOException {
        Path link = root.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    private void text(String name, byte[] content) throws IOException {
        Path target = root.resolve(name);
        Files.createDirectories(target.getParent());
        Files.write(target, content);
    }

    /** As gzip -9n: no name, no time. */
    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new BestCompression(packed)) {
            out.write(content);
        }
        byte[] bytes = packed.toByteArray();
        bytes[8] = 2; // XFL: best compression
        return bytes;
    }

    private static final class BestCompression extends GZIPOutputStream {
        BestCompression(OutputStream out) throws IOException {
            super(out);
            def.setLevel(9);
        }
    }
}
