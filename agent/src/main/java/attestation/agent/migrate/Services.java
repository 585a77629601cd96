// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.nio.file.Path;
import java.util.Map;

/** The host's service manager, as far as two agents are exchanged. */
public interface Services {
    /** Whether this host has one that we know. */
    boolean available();

    /** Whether there is such a unit. */
    boolean exists(String unit);

    boolean active(String unit);

    /** The variables that the unit's process gets by its configuration. */
    Map<String, String> environment(String unit);

    /** Mounts memory over our folder for secrets, where our package has a step for it. */
    void mountSecure(Path folder) throws MigrationException;

    void stopAndDisable(String unit) throws MigrationException;

    void enableAndStart(String unit) throws MigrationException;
}
