// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.migrate.Moved.Role;
import attestation.config.AgentConfig;
import attestation.config.DeviceIdentity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where files go: those below Keylime's directory to the same place below ours, others with their
 * whole path to a folder of ours, since our user need not be allowed to read where they are, and
 * two of them may have the same name.
 */
final class Places {
    private static final String OTHERS = "from-keylime";

    private final Path from;
    private final Path to;

    /**
     * @param from Keylime's directory
     * @param to our state directory
     */
    Places(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    /** Keylime's directory. */
    Path from() {
        return from;
    }

    /** A file's new place. */
    Path of(Path file) {
        if (file.startsWith(from)) {
            return to.resolve(from.relativize(file));
        }
        Path root = file.getRoot();
        return to.resolve(OTHERS).resolve(root == null ? file : root.relativize(file));
    }

    /** The files that go over where they are there. */
    List<Moved> files(AgentConfig config) {
        Map<Path, Role> sources = new LinkedHashMap<>();
        sources.put(config.tpm().agentDataPath(), Role.IDENTITY);
        if (config.https().mutualTls()) {
            sources.put(config.https().identity().key(), Role.IDENTITY);
            sources.put(config.https().identity().certificate(), Role.IDENTITY);
            config.https().trustedClientCa().forEach(ca -> sources.put(ca, Role.GIVEN));
        }
        sources.put(config.payload().key(), Role.PAYLOAD_KEY);
        if (config.registrar().tls()) {
            sources.put(config.registrar().tlsCaCert(), Role.GIVEN);
        }
        device(config.tpm().deviceIdentity()).forEach(file -> sources.put(file, Role.GIVEN));
        List<Moved> files = new ArrayList<>();
        sources.forEach((source, role) -> files.add(new Moved(source, of(source), role)));
        return files;
    }

    private static List<Path> device(DeviceIdentity device) {
        List<Path> files = new ArrayList<>();
        if (device.enabled()) {
            device.iak().certificate().ifPresent(files::add);
            device.idevid().certificate().ifPresent(files::add);
        }
        return files;
    }

    /** Keylime's folder for payloads and ours, which are tmpfs both. */
    Moved secure() {
        return new Moved(from.resolve("secure"), to.resolve("secure"), Role.GIVEN);
    }
}
