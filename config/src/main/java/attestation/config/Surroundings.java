// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a loader may see of the process and the host.
 *
 * @param environment the process's variables
 * @param root under which the standard places lie; {@code /} but in tests. Paths that are
 *     configured are taken as they are.
 * @param superuser whether the process runs as root
 */
public record Surroundings(Map<String, String> environment, Path root, boolean superuser) {
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** An absolute standard place under the root. */
    public Path place(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /** A variable that is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
