// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Own files: those that the package's manifest names, each held against what is there, else those
 * of the tree as they are; and the Java that runs it, where that is not part of the tree.
 *
 * @param files sorted by path; without those that differ
 * @param differences what is not as the manifest says, for people
 * @param remarks what else should be known
 */
public record OwnFiles(List<OwnFile> files, List<String> differences, List<String> remarks) {
    public OwnFiles {
        files = List.copyOf(files);
        differences = List.copyOf(differences);
        remarks = List.copyOf(remarks);
    }

    /** Whether {@link #of} can hash so; the kernel's name. */
    public static boolean knows(String hash) {
        return FileHash.knows(hash);
    }

    /** The tree that this process was started from; empty when it runs from elsewhere. */
    public static Optional<Path> treeOfThisProcess() {
        return Trees.ofThisProcess();
    }

    /**
     * Of an installed tree.
     *
     * @param tree folder with {@code bin/agent}
     * @param java home of the Java that runs it; passed over where it lies in the tree
     * @param hashes kernel's names, at least one
     * @throws InstalledException when a folder, file or manifest cannot be read
     */
    public static OwnFiles of(Path tree, Path java, List<String> hashes) throws InstalledException {
        try {
            return new Survey(hashes).of(tree.toRealPath(), java.toRealPath());
        } catch (IOException e) {
            throw new InstalledException(
                    tree + ": cannot be read - " + e + " (expected: the installed files)", e);
        }
    }

    /**
     * As a package's manifest says, of files that need not be on this host; SHA-256 only.
     *
     * @throws InstalledException when it cannot be read or is none
     */
    public static OwnFiles ofManifest(Path manifest) throws InstalledException {
        List<OwnFile> files = new ArrayList<>();
        Manifest.read(manifest)
                .digests()
                .forEach((path, hex) -> files.add(new OwnFile(path, Map.of(FileHash.SHA256, hex))));
        return new OwnFiles(files, List.of(), List.of());
    }
}
