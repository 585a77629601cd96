// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * SHA-256 of every file of a saved set, as {@code sha256sum} writes and checks it. It finds damage,
 * not forgery: who can change the set can change the manifest, which is why it is checked last.
 */
final class Manifest {
    static final String NAME = "manifest.sha256";

    private static final int MAX_BYTES = 8192;
    private static final List<String> NAMES =
            List.of(
                    EvidenceFolder.AK_PEM,
                    EvidenceFolder.AK_AREA,
                    EvidenceFolder.ANSWER,
                    EvidenceFolder.BOOT_LOG,
                    EvidenceFolder.LIST,
                    EvidenceFolder.NONCE,
                    EvidenceFolder.PUBKEY,
                    EvidenceFolder.ATTEST,
                    EvidenceFolder.PCRS,
                    EvidenceFolder.SIGNATURE,
                    EvidenceFolder.REQUEST);
    private static final List<String> ALWAYS =
            List.of(
                    EvidenceFolder.ANSWER,
                    EvidenceFolder.NONCE,
                    EvidenceFolder.ATTEST,
                    EvidenceFolder.PCRS,
                    EvidenceFolder.SIGNATURE,
                    EvidenceFolder.REQUEST);

    private final Map<String, String> hashes;

    private Manifest(Map<String, String> hashes) {
        this.hashes = new TreeMap<>(hashes);
    }

    /** Of the parts that are in {@code folder} now. */
    static Manifest of(Path folder) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (String name : NAMES) {
            if (Files.exists(folder.resolve(name))) {
                hashes.put(name, hash(folder.resolve(name)));
            }
        }
        return new Manifest(hashes);
    }

    /**
     * As it lies in {@code folder}.
     *
     * @throws UndecidedException when there is none: this is no saved set
     * @throws RefutedException when it is not one that {@link #write} wrote
     */
    static Manifest read(Path folder) throws IOException, UndecidedException, RefutedException {
        byte[] bytes;
        try {
            bytes = Bounded.file(folder.resolve(NAME), MAX_BYTES);
        } catch (NoSuchFileException e) {
            throw new UndecidedException(
                    "folder "
                            + Printable.text(folder.toString())
                            + ": no "
                            + NAME
                            + " (expected: what --save wrote)",
                    e);
        }
        Map<String, String> hashes = new TreeMap<>();
        for (String line : new String(bytes, StandardCharsets.US_ASCII).split("\n")) {
            if (line.matches("[0-9a-f]{64}  [a-z0-9.]+")) {
                hashes.put(line.substring(66), line.substring(0, 64));
            }
        }
        Manifest manifest = new Manifest(hashes);
        if (!Arrays.equals(manifest.bytes(), bytes)
                || !NAMES.containsAll(hashes.keySet())
                || !hashes.keySet().containsAll(ALWAYS)) {
            throw new RefutedException(
                    NAME + ": changed (expected: a line for each part, sorted by name)");
        }
        return manifest;
    }

    boolean lists(String name) {
        return hashes.containsKey(name);
    }

    int size() {
        return hashes.size();
    }

    void write(Path folder) throws IOException {
        Files.write(folder.resolve(NAME), bytes());
    }

    /** Compares with the files as they are. */
    void check(Path folder) throws IOException, RefutedException {
        for (String name : NAMES) {
            Path file = folder.resolve(name);
            String expected = hashes.get(name);
            if (expected == null && Files.exists(file)) {
                throw new RefutedException(name + ": not in the manifest");
            }
            if (expected != null && !hash(file).equals(expected)) {
                throw new RefutedException(name + ", sha256", hash(file), expected);
            }
        }
    }

    private byte[] bytes() {
        StringBuilder text = new StringBuilder();
        hashes.forEach((name, hash) -> text.append(hash + "  " + name + "\n"));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String hash(Path file) throws IOException {
        MessageDigest digest = HashAlg.SHA256.newDigest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
