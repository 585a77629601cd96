// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks at what is installed, once. */
final class Survey {
    private final List<String> hashes;
    private final List<OwnFile> files = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * @param hashes kernel's names
     */
    Survey(List<String> hashes) {
        this.hashes = hashes;
    }

    OwnFiles of(Path tree, Path java) throws IOException, InstalledException {
        Path manifest = tree.resolve(Manifest.NAME);
        if (Files.exists(manifest)) {
            compare(Manifest.read(manifest));
            // It cannot list itself, but reading it as root is measured as well.
            files.add(new OwnFile(manifest.toRealPath(), FileHash.of(manifest, hashes)));
        } else {
            remarks.add(
                    tree
                            + ": no "
                            + Manifest.NAME
                            + " in it, so its files were hashed as they are");
            hash(tree, List.of(""));
        }
        if (!java.startsWith(tree)) {
            remarks.add(
                    java
                            + ": this Java is not part of the package; its files were hashed as they"
                            + " are, and change with its updates");
            hash(java, List.of("bin", "lib", "conf"));
        }
        files.sort(Comparator.comparing(OwnFile::path));
        return new OwnFiles(files, differences, remarks);
    }

    private void compare(Manifest manifest) throws IOException {
        for (Map.Entry<Path, String> entry : manifest.digests().entrySet()) {
            Path file = entry.getKey();
            if (Files.isRegularFile(file)) {
                compare(file, entry.getValue());
            } else {
                absent(file, entry.getValue());
            }
        }
    }

    /** Scripts of the package are there while it is installed only; nothing else can run. */
    private void absent(Path file, String sha256) {
        remarks.add(file + ": not here now, so its entry is what the package says");
        if (hashes.contains(FileHash.SHA256)) {
            files.add(new OwnFile(file, Map.of(FileHash.SHA256, sha256)));
        }
    }

    private void compare(Path file, String expected) throws IOException {
        List<String> wanted = new ArrayList<>(hashes);
        wanted.add(FileHash.SHA256);
        Map<String, String> found = FileHash.of(file, wanted);
        String sha256 = found.get(FileHash.SHA256);
        if (expected.equals(sha256)) {
            Map<String, String> chosen = new HashMap<>(found);
            chosen.keySet().retainAll(hashes);
            files.add(new OwnFile(file.toRealPath(), chosen));
        } else {
            differences.add("%s: sha256 %s (expected: %s)".formatted(file, sha256, expected));
        }
    }

    private void hash(Path root, List<String> folders) throws IOException, InstalledException {
        for (Path file : Trees.files(root, folders)) {
            files.add(new OwnFile(file, FileHash.of(file, hashes)));
        }
    }
}
