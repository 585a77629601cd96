// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.Surroundings;

import java.nio.file.Path;
import java.util.List;

/** Where Keylime's configuration is read from, weakest place first. */
record KeylimeFiles(List<Place> places) {
    static final String STANDARD_FILE = "/etc/keylime/agent.conf";
    private static final String VENDOR_FILE = "/usr/etc/keylime/agent.conf";

    /**
     * One file and, if asked for, the snippets beside it.
     *
     * @param required whether it is an error that the file is not there
     */
    record Place(Path file, boolean required, boolean withSnippets) {
        Path snippets() {
            return file.resolveSibling(file.getFileName() + ".d");
        }
    }

    /** The vendor's and the host's file, with their snippets. */
    static KeylimeFiles standard(Surroundings surroundings, boolean required) {
        return new KeylimeFiles(
                List.of(
                        new Place(surroundings.place(VENDOR_FILE), false, true),
                        new Place(surroundings.place(STANDARD_FILE), required, true)));
    }

    /** This very file, as the variable KEYLIME_AGENT_CONFIG wants it. */
    static KeylimeFiles only(Path file) {
        return new KeylimeFiles(List.of(new Place(file, true, false)));
    }

    /** This file and its snippets; for the host's own file the vendor's as well. */
    static KeylimeFiles named(Path file, Surroundings surroundings) {
        return file.toAbsolutePath().normalize().equals(surroundings.place(STANDARD_FILE))
                ? standard(surroundings, true)
                : new KeylimeFiles(List.of(new Place(file, true, true)));
    }
}
