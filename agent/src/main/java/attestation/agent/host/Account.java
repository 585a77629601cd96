// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A user of this host with one of its groups.
 *
 * @param name of the user
 */
public record Account(String name, int uid, int gid) {
    private static final int MAX_BYTES = 4 << 20;
    private static final int NUMBER = 2;

    /**
     * By the names in {@code passwd} and {@code group}.
     *
     * @param root where {@code etc} is found; {@code /} but in tests
     * @throws IOException saying which of the two is not there
     */
    public static Account find(String user, String group, Path root) throws IOException {
        int uid = number(user, root.resolve("etc/passwd"), NUMBER, "user");
        int gid = number(group, root.resolve("etc/group"), NUMBER, "group");
        return new Account(user, uid, gid);
    }

    /** A user with its own group; empty when this host has no such user. */
    public static Optional<Account> find(String user, Path root) throws IOException {
        Path passwd = root.resolve("etc/passwd");
        Optional<Integer> uid = field(user, passwd, NUMBER);
        Optional<Integer> gid = field(user, passwd, NUMBER + 1);
        return uid.isPresent() && gid.isPresent()
                ? Optional.of(new Account(user, uid.get(), gid.get()))
                : Optional.empty();
    }

    private static int number(String name, Path file, int field, String what) throws IOException {
        return field(name, file, field)
                .orElseThrow(
                        () ->
                                new IOException(
                                        "%s %s: not in %s (expected: one of this host)"
                                                .formatted(what, name, file)));
    }

    private static Optional<Integer> field(String name, Path file, int index) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    "%s: more than %d bytes (expected: at most that)".formatted(file, MAX_BYTES));
        }
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":", -1);
            if (fields.length > index
                    && fields[0].equals(name)
                    && fields[index].matches("[0-9]{1,9}")) {
                return Optional.of(Integer.valueOf(fields[index]));
            }
        }
        return Optional.empty();
    }
}
