// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.Daemon;
import attestation.config.Surroundings;

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
        boolean superuser = "root".equals(System.getProperty("user.name"));
        return new Surroundings(System.getenv(), Path.of("/"), superuser);
    }
}
