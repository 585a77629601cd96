// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.Key;
import attestation.config.key.Keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/** Warns of passwords in files that everyone on the host may read. */
final class OpenSecrets {
    private OpenSecrets() {}

    /** Adds a warning for each password that stands in such a file. */
    static void warn(Assignments assignments) {
        Keys.all().stream().filter(Key::secret).forEach(key -> warn(assignments, key));
    }

    private static <T> void warn(Assignments assignments, Key<T> key) {
        boolean empty = key.type().text(assignments.value(key)).isEmpty();
        if (!empty
                && assignments.origin(key) instanceof Origin.File(Path path, int line)
                && readableByAll(path)) {
            assignments.notice(
                    Notice.Level.WARNING,
                    new Origin.File(path, line),
                    "holds a password ("
                            + assignments.writtenAs(key)
                            + ") and is readable by all (expected: chmod o-r)");
        }
    }

    private static boolean readableByAll(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
