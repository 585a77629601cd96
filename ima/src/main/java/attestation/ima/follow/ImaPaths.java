// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the kernel's lists are.
 *
 * @param directory {@code integrity/ima} of securityfs, or its older place
 */
public record ImaPaths(Path directory) {
    private static final List<String> PLACES = List.of("integrity/ima", "ima");

    /** Of the running kernel. */
    public static ImaPaths ofHost() {
        return under(Path.of("/sys/kernel/security"));
    }

    /** Of this securityfs; the newer place when neither is there. */
    public static ImaPaths under(Path securityfs) {
        List<Path> places = PLACES.stream().map(securityfs::resolve).toList();
        return new ImaPaths(
                places.stream().filter(Files::isDirectory).findFirst().orElse(places.getFirst()));
    }

    /** Whether this kernel has IMA and securityfs is mounted. */
    public boolean exist() {
        return Files.isDirectory(directory);
    }

    /** The list as text with SHA-1 template hashes; from 6.10 on a link to {@code …_sha1}. */
    public Path ascii() {
        return directory.resolve("ascii_runtime_measurements");
    }

    public Path binary() {
        return directory.resolve("binary_runtime_measurements");
    }

    public Path count() {
        return directory.resolve("runtime_measurements_count");
    }

    public Path violations() {
        return directory.resolve("violations");
    }

    public Path policy() {
        return directory.resolve("policy");
    }

    /** The count that belongs to a list of this directory, wherever links led; empty elsewhere. */
    public static Optional<Path> countBeside(Path list) {
        Path parent = list.toAbsolutePath().getParent();
        Path count = parent == null ? null : parent.resolve("runtime_measurements_count");
        return Optional.ofNullable(count).filter(Files::exists);
    }

    /** Whether the kernel can stage and trim this list (7.2 on, CONFIG_IMA_STAGING). */
    public static boolean hasStaging(Path list) {
        String name = String.valueOf(list.getFileName());
        return Files.exists(list.resolveSibling(name + "_staged"))
                || Files.exists(list.resolveSibling(name + "_sha1_staged"));
    }
}
