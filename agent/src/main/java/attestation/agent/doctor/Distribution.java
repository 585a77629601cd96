// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.HostFiles;

import java.util.Locale;
import java.util.Optional;

/** Whose commands repair things here. */
public enum Distribution {
    RED_HAT,
    DEBIAN,
    OTHER;

    static Distribution of(HostFiles files) {
        Optional<String> release =
                files.read("/etc/os-release")
                        .content()
                        .or(() -> files.read("/usr/lib/os-release").content());
        String ids =
                release.orElse("")
                        .lines()
                        .filter(line -> line.startsWith("ID=") || line.startsWith("ID_LIKE="))
                        .reduce("", (all, line) -> all + ' ' + line)
                        .toLowerCase(Locale.ROOT);
        if (ids.contains("debian") || ids.contains("ubuntu")) {
            return DEBIAN;
        }
        return ids.contains("rhel") || ids.contains("fedora") || ids.contains("centos")
                ? RED_HAT
                : OTHER;
    }

    /** The words for this distribution; Debian's where it is unknown. */
    String choose(String redHat, String debian) {
        return this == RED_HAT ? redHat : debian;
    }
}
