// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bill of materials, brought to what is shipped. Maven's plugin wrote it, with the digests of
 * our jars as they were before they were packed anew, which depend on the umask, and without the
 * Java that the package brings.
 */
record Bom(Path file) {
    private static final String PARTS = "\n  \"components\" : [\n";

    /** Fails when the plugin writes in another form than the one known here. */
    void complete(Path home) throws IOException {
        String text = Files.readString(file);
        for (Path jar : Folders.list(home.resolve("lib"))) {
            String name = jar.getFileName().toString();
            if (name.matches("attestation-.*\\.jar")) {
                text = withDigest(text, name.replaceFirst("-[0-9].*", ""), OwnFiles.sha256(jar));
            }
        }
        Files.writeString(file, withRuntime(text));
    }

    private String withDigest(String text, String library, String digest) {
        int begin = place(text, "\"bom-ref\" : \"pkg:maven/attestation/" + library + "@", 0);
        int end = place(text, "\"licenses\" : [", begin);
        String before =
                text.substring(begin, end).replaceFirst("\"hashes\" : \\[[^\\]]*\\],\\s*", "");
        return text.substring(0, begin)
                + before
                + """
                "hashes" : [
                        {
                          "alg" : "SHA-256",
                          "content" : "%s"
                        }
                      ],
                      """
                        .formatted(digest)
                        .stripTrailing()
                + "\n      "
                + text.substring(end);
    }

    /** Linked from the JDK that runs this. */
    private String withRuntime(String text) {
        int begin = place(text, PARTS, 0) + PARTS.length();
        return text.substring(0, begin)
                + """
                    {
                      "type" : "platform",
                      "bom-ref" : "pkg:generic/openjdk@%1$s",
                      "publisher" : "%2$s",
                      "name" : "openjdk",
                      "version" : "%1$s",
                      "description" : "The Java runtime below /usr/lib/attestation-agent/runtime, linked from build %3$s",
                      "scope" : "required",
                      "licenses" : [
                        {
                          "expression" : "GPL-2.0-only WITH Classpath-exception-2.0"
                        }
                      ],
                      "purl" : "pkg:generic/openjdk@%1$s"
                    },
                """
                        .formatted(
                                System.getProperty("java.version"),
                                System.getProperty("java.vendor"),
                                System.getProperty("java.vm.version"))
                + text.substring(begin);
    }

    private int place(String text, String words, int from) {
        int place = text.indexOf(words, from);
        if (place < 0) {
            throw new IllegalStateException(
                    file
                            + ": no "
                            + words.strip()
                            + " (expected: as CycloneDX's plugin writes it)");
        }
        return place;
    }
}
