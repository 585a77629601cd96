// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Whose a file is; all as {@code stat(2)} gives it.
 *
 * @param mode with the bits of the file's type
 */
record Ownership(int uid, int gid, int mode) {
    interface Reader {
        Ownership of(Path file) throws IOException;
    }

    static Ownership read(Path file) throws IOException {
        Map<String, Object> facts = Files.readAttributes(file, "unix:uid,gid,mode");
        return new Ownership(number(facts, "uid"), number(facts, "gid"), number(facts, "mode"));
    }

    private static int number(Map<String, Object> facts, String name) {
        return (int) Objects.requireNonNull(facts.get(name), name);
    }
}
