// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Programs that stand for all of a host: those without which it does not boot or is not attested,
 * and some from each folder of programs, evenly, so that two looks judge the same ones.
 */
final class Samples {
    private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/sbin", "/usr/libexec");
    private static final int FROM_EACH = 20;

    private Samples() {}

    /** Those of them that are there. */
    static List<String> of(Host host) throws IOException {
        Set<String> names = new LinkedHashSet<>(Host.PROGRAMS);
        for (String folder : FOLDERS) {
            List<String> all = host.files().list(folder);
            int apart = Math.ceilDiv(Math.max(1, all.size()), FROM_EACH);
            for (int i = 0; i < all.size(); i += apart) {
                names.add(folder + "/" + all.get(i));
            }
        }
        return names.stream().filter(name -> Files.isRegularFile(host.files().at(name))).toList();
    }
}
