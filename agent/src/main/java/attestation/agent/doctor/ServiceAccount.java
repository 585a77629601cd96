// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The account that the installed unit runs the agent as: root may do more than it, so what root can
 * open says nothing of the agent. Judged by mode bits; access lists are not looked at.
 *
 * @param groups the account's own, those it is a member of, and those that the unit adds
 */
record ServiceAccount(String name, int uid, Set<Integer> groups) {
    static final String UNIT = "/usr/lib/systemd/system/attestation-agent.service";
    static final String DROP_INS = "/etc/systemd/system/attestation-agent.service.d";
    private static final int GROUP_BITS = 3;
    private static final int OWNER_BITS = 6;
    private static final int READ_WRITE = 6;

    /** Empty when no unit or no such account is installed. */
    static Optional<ServiceAccount> of(Host host) {
        String unit = unit(host);
        Optional<String> name = values(unit, "User=").reduce((before, after) -> after);
        return name.flatMap(
                user ->
                        database(host, "/etc/passwd")
                                .filter(entry -> entry.getFirst().equals(user) && entry.size() > 3)
                                .findFirst()
                                .flatMap(entry -> account(host, unit, entry)));
    }

    /** As systemd reads it: the unit, then what the host's drop-ins (.conf) add or say anew. */
    private static String unit(Host host) {
        StringBuilder unit = new StringBuilder(host.read(UNIT).content().orElse(""));
        try {
            for (String name : host.files().list(DROP_INS)) {
                String path = DROP_INS + "/" + name;
                unit.append('\n')
                        .append(name.endsWith(".conf") ? host.read(path).content().orElse("") : "");
            }
        } catch (IOException e) {
            return unit.toString(); // a folder that this user cannot list: the unit alone
        }
        return unit.toString();
    }

    private static Optional<ServiceAccount> account(Host host, String unit, List<String> entry) {
        String user = entry.getFirst();
        Set<String> added = new HashSet<>(values(unit, "SupplementaryGroups=").toList());
        try {
            Set<Integer> groups = new HashSet<>(Set.of(Integer.parseInt(entry.get(3))));
            for (List<String> group : database(host, "/etc/group").toList()) {
                boolean member =
                        group.size() > 3 && Arrays.asList(group.get(3).split(",")).contains(user);
                if (group.size() > 2 && (member || added.contains(group.getFirst()))) {
                    groups.add(Integer.parseInt(group.get(2)));
                }
            }
            return Optional.of(
                    new ServiceAccount(user, Integer.parseInt(entry.get(2)), Set.copyOf(groups)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether the mode bits let it read and write. */
    boolean mayUse(Path file) throws IOException {
        int mode = (int) Files.getAttribute(file, "unix:mode");
        int shift =
                Files.getAttribute(file, "unix:uid").equals(uid)
                        ? OWNER_BITS
                        : groups.contains((int) Files.getAttribute(file, "unix:gid"))
                                ? GROUP_BITS
                                : 0;
        return (mode >> shift & READ_WRITE) == READ_WRITE;
    }

    private static Stream<List<String>> database(Host host, String path) {
        return host.read(path)
                .content()
                .orElse("")
                .lines()
                .map(line -> List.of(line.split(":", -1)));
    }

    private static Stream<String> values(String unit, String key) {
        return unit.lines()
                .filter(line -> line.startsWith(key))
                .flatMap(line -> Stream.of(line.substring(key.length()).strip().split(" +")));
    }
}
