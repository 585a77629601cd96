// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Names that others gave this host.
 *
 * @param root where {@code /sys}, {@code /proc} and {@code /etc} are found; another one in tests
 */
public record HostFacts(Path root) {
    private static final int MAX_BYTES = 256;

    /** This host's. */
    public static HostFacts ofThisHost() {
        return new HostFacts(Path.of("/"));
    }

    /** The firmware's UUID of the machine; only root may read it on most hosts. */
    Optional<String> productUuid() {
        return line("sys/class/dmi/id/product_uuid");
    }

    /** The operating system's machine id. */
    Optional<String> machineId() {
        return line("etc/machine-id").or(() -> line("var/lib/dbus/machine-id"));
    }

    Optional<String> hostname() {
        return line("proc/sys/kernel/hostname");
    }

    private Optional<String> line(String file) {
        try (var in = Files.newInputStream(root.resolve(file))) {
            byte[] bytes = in.readNBytes(MAX_BYTES);
            String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
            return Optional.of(text).filter(t -> !t.isEmpty());
        } catch (IOException e) {
            return Optional.empty(); // a fact that cannot be had is not there
        }
    }
}
