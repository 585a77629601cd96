// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The digests of everything we install, in the form of sha256sum(1), with the path on the host: the
 * kernel measures our files like all others, so a verifier's policy must know them. dpkg's copies
 * of the maintainer scripts are run as root and are measured too.
 */
final class OwnFiles {
    private OwnFiles() {}

    static void write(Path root, Path packaging, Path manifest) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (Path file : Folders.walk(root.resolve("usr"))) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                digests.put("/" + root.relativize(file), sha256(file));
            }
        }
        for (Path script : Folders.list(packaging.resolve("packages.d/deb"))) {
            String name = script.getFileName().toString();
            if (name.matches("(pre|post)(inst|rm)")) {
                digests.put("/var/lib/dpkg/info/attestation-agent." + name, sha256(script));
                digests.put("/var/lib/dpkg/tmp.ci/" + name, sha256(script));
            }
        }
        StringBuilder text = new StringBuilder();
        digests.forEach(
                (path, digest) -> text.append(digest).append("  ").append(path).append('\n'));
        Files.writeString(manifest, text);
    }

    static String sha256(Path file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }
}
