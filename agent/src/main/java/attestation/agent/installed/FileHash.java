// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Content hashes of a file by several algorithms, in one read. */
final class FileHash {
    static final String SHA256 = "sha256";
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Map<String, String> JDK_NAMES =
            Map.of("sha1", "SHA-1", SHA256, "SHA-256", "sha384", "SHA-384", "sha512", "SHA-512");

    private FileHash() {}

    static boolean knows(String algorithm) {
        return JDK_NAMES.containsKey(algorithm);
    }

    /** Kernel's name of the algorithm to hex digits. */
    static Map<String, String> of(Path file, List<String> algorithms) throws IOException {
        Map<String, MessageDigest> digests = new HashMap<>();
        algorithms.forEach(name -> digests.put(name, digest(name)));
        byte[] buffer = new byte[BUFFER_BYTES];
        try (var in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (MessageDigest digest : digests.values()) {
                    digest.update(buffer, 0, n);
                }
            }
        }
        Map<String, String> hex = new HashMap<>();
        digests.forEach((name, digest) -> hex.put(name, HexFormat.of().formatHex(digest.digest())));
        return hex;
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(JDK_NAMES.getOrDefault(algorithm, algorithm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("hash: " + algorithm, e);
        }
    }
}
