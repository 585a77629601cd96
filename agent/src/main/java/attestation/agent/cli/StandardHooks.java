// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.Daemon;
import attestation.config.Surroundings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the command finds the daemon's own parts; each is loaded when it is called. */
final class StandardHooks {
    private StandardHooks() {}

    static Hooks hooks() {
        return new Hooks(StandardHooks::run, new SocketStatusSource(), new StateIdentitySource());
    }

    private static int run(Optional<Path> config) {
        return new Daemon(surroundings(), BuildFacts.read().version(), System.err).run(config);
    }

    static Surroundings surroundings() {
        return new Surroundings(System.getenv(), Path.of("/"), isSuperuser());
    }

    /** By the number: a container need not know a name for it. */
    private static boolean isSuperuser() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }
}
