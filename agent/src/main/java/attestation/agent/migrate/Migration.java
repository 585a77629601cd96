// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.host.Account;
import attestation.agent.keylime.config.ConfigSource;
import attestation.config.ConfigException;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Surroundings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The exchange of the two agents on this host. Everything that is Keylime's stays where it is and
 * as it is: files are copied, so that the way back is open. For one thread.
 */
public final class Migration {
    /** Keylime's agent as distributions call its service. */
    public static final String KEYLIME_UNIT = "keylime_agent.service";

    private static final String OWN_UNIT = "attestation-agent.service";
    private static final String STANDARD_KEYLIME_FILE = "/etc/keylime/agent.conf";

    private final ConfigSource source;
    private final Settings settings;
    private final Services services;
    private final Clock clock;

    Migration(ConfigSource source, Settings settings, Services services, Clock clock) {
        this.source = source;
        this.settings = settings;
        this.services = services;
        this.clock = clock;
    }

    /**
     * On this host.
     *
     * @param keylimeFile Keylime's configuration; empty for what its service has, else the standard
     *     file
     * @param user as whom our agent runs
     * @throws ConfigException when there is no such configuration, or ours cannot be used
     */
    public static Migration ofThisHost(
            Optional<Path> keylimeFile, String user, Surroundings here, Services services)
            throws ConfigException {
        Map<String, String> environment = new HashMap<>(services.environment(KEYLIME_UNIT));
        Surroundings unit = new Surroundings(environment, here.root(), false);
        Optional<Path> file = keylimeFile;
        if (file.isEmpty() && unit.variable("KEYLIME_AGENT_CONFIG").isEmpty()) {
            file = Optional.of(here.place(STANDARD_KEYLIME_FILE));
        }
        Path own = here.place(ConfigLoader.STANDARD_FILE);
        Path state = stateDirectory(own, here);
        Settings settings = new Settings(KEYLIME_UNIT, OWN_UNIT, user, here.root(), own, state);
        return new Migration(
                ConfigSource.choose(file, unit), settings, services, Clock.systemUTC());
    }

    private static Path stateDirectory(Path own, Surroundings here) throws ConfigException {
        if (Files.notExists(own)) {
            return here.place("/var/lib/attestation-agent");
        }
        Surroundings quiet = new Surroundings(Map.of(), here.root(), false);
        return ConfigLoader.load(own, Map.of(), quiet, FileCheck.SKIPPED)
                .config()
                .agent()
                .stateDir();
    }

    /** Whose configuration was found, for people. */
    public String describe() {
        return source.describe();
    }

    /** Where our own configuration will say what Keylime's said. */
    public Path snippet() {
        return settings.snippet();
    }

    /** Everything that should be known before; changes nothing. */
    public List<Finding> check() throws ConfigException {
        return new Inspection(settings, services, clock).look(load());
    }

    /**
     * Exchanges Keylime's agent for ours.
     *
     * @param steps told what was done
     */
    public void over(Consumer<String> steps) throws MigrationException, ConfigException {
        LoadedConfig loaded = load();
        Optional<Finding> obstacle =
                Inspection.obstacle(new Inspection(settings, services, clock).look(loaded));
        if (obstacle.isPresent()) {
            throw new MigrationException(obstacle.get().text());
        }
        try {
            exchange(steps).over(loaded, source.file().toString());
        } catch (IOException e) {
            throw new MigrationException(e + "; agent migrate --back takes back what was done", e);
        }
    }

    private LoadedConfig load() throws ConfigException {
        return source.load(Map.of(), FileCheck.SKIPPED);
    }

    /** Whether this host was migrated, so that {@link #back} can be done. */
    public boolean migrated() {
        return Files.exists(settings.ledger());
    }

    /** Exchanges our agent for Keylime's again. */
    public void back(Consumer<String> steps) throws MigrationException {
        try {
            exchange(steps).back();
        } catch (IOException e) {
            throw new MigrationException(
                    e + "; nothing of Keylime's was removed, and --back may be tried again", e);
        }
    }

    private Exchange exchange(Consumer<String> steps) throws MigrationException {
        try {
            Account account =
                    Account.find(settings.user(), settings.root())
                            .orElseThrow(
                                    () ->
                                            new MigrationException(
                                                    "user %s: not on this host (expected: made by the package)"
                                                            .formatted(settings.user())));
            return new Exchange(settings, services, account, steps);
        } catch (IOException e) {
            throw new MigrationException("user " + settings.user() + ": " + e, e);
        }
    }
}
