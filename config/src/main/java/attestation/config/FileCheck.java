// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.AgentKeys;
import attestation.config.key.HttpsKeys;
import attestation.config.key.Key;
import attestation.config.key.RegistrarKeys;
import attestation.config.key.TpmKeys;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether the files that the configuration names are looked at, too. */
public enum FileCheck {
    /** Values only; for those who may not see the files, such as {@code agent config show}. */
    SKIPPED {
        @Override
        public void apply(Assignments assignments) {}
    },
    /** Files that must be there before the agent starts must exist and be readable. */
    REQUIRED {
        @Override
        public void apply(Assignments assignments) {
            directory(assignments, AgentKeys.STATE_DIR);
            if (assignments.value(HttpsKeys.MUTUAL_TLS)) {
                files(
                        assignments,
                        HttpsKeys.TRUSTED_CLIENT_CA,
                        assignments.value(HttpsKeys.TRUSTED_CLIENT_CA));
            }
            if (assignments.value(RegistrarKeys.TLS)
                    && !assignments.value(RegistrarKeys.IP).isEmpty()) {
                files(
                        assignments,
                        RegistrarKeys.TLS_CA_CERT,
                        List.of(assignments.value(RegistrarKeys.TLS_CA_CERT)));
            }
            if (assignments.value(TpmKeys.ENABLE_IAK_IDEVID)) {
                optional(assignments, TpmKeys.IAK_CERT);
                optional(assignments, TpmKeys.IDEVID_CERT);
            }
        }
    };

    /** Notes a problem for each file that is not as it must be. */
    public abstract void apply(Assignments assignments);

    private static void directory(Assignments assignments, Key<Path> key) {
        Path path = assignments.value(key);
        if (!assignments.isBroken(key) && !Files.isDirectory(path)) {
            problem(
                    assignments,
                    key,
                    path,
                    Files.exists(path) ? "not a directory" : "no such directory");
        }
    }

    private static void optional(Assignments assignments, Key<Optional<Path>> key) {
        files(assignments, key, assignments.value(key).stream().toList());
    }

    private static void files(Assignments assignments, Key<?> key, List<Path> paths) {
        if (!assignments.isBroken(key)) {
            paths.forEach(path -> file(assignments, key, path));
        }
    }

    private static void file(Assignments assignments, Key<?> key, Path path) {
        if (!Files.isRegularFile(path)) {
            String reason = Files.exists(path) ? "not a regular file" : "no such file";
            problem(assignments, key, path, reason);
        } else if (!Files.isReadable(path)) {
            problem(assignments, key, path, "permission denied");
        }
    }

    private static void problem(Assignments assignments, Key<?> key, Path path, String reason) {
        String name = assignments.writtenAs(key);
        assignments.problem(
                key, assignments.origin(key), name + ": cannot read " + path + ": " + reason);
    }
}
