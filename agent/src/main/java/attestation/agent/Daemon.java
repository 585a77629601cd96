// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.https.ListenException;
import attestation.agent.https.TlsMaterialException;
import attestation.agent.identity.IdentityException;
import attestation.agent.keylime.config.ConfigSource;
import attestation.agent.status.SecondInstanceException;
import attestation.config.ConfigException;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Notice;
import attestation.config.Surroundings;
import attestation.systemd.JournalLogging;
import attestation.systemd.Notifier;
import attestation.systemd.Watchdog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** {@code agent run}: configuration, logging, signals, exit code. */
public final class Daemon {
    /** Something in the configuration, or what it names, must be changed (sysexits EX_CONFIG). */
    private static final int EXIT_CONFIG = 78;

    /** Another agent is running (sysexits EX_TEMPFAIL). */
    private static final int EXIT_SECOND_INSTANCE = 75;

    /** Something that is needed is not there (sysexits EX_UNAVAILABLE). */
    private static final int EXIT_UNAVAILABLE = 69;

    /** A bug, or something that should not happen (sysexits EX_SOFTWARE). */
    private static final int EXIT_SOFTWARE = 70;

    private final Surroundings surroundings;
    private final String version;
    private final PrintStream err;

    /**
     * @param version of the agent, to be shown
     * @param err where log lines go
     */
    public Daemon(Surroundings surroundings, String version, PrintStream err) {
        this.surroundings = surroundings;
        this.version = version;
        this.err = err;
    }

    /**
     * Runs until SIGTERM or SIGINT; SIGHUP takes certificates anew.
     *
     * @param file configuration from the command line
     * @return exit code of the process
     */
    public int run(Optional<Path> file) {
        try {
            ConfigSource source = ConfigSource.choose(file, surroundings);
            LoadedConfig loaded = source.load(Map.of(), FileCheck.REQUIRED);
            return run(source, loaded);
        } catch (ConfigException e) {
            e.problems().forEach(problem -> err.println("agent: " + problem));
            return EXIT_CONFIG;
        }
    }

    private int run(ConfigSource source, LoadedConfig loaded) {
        JournalLogging.configure(Reload.level(loaded), err);
        Logger log = LoggerFactory.getLogger(Daemon.class);
        log.info("{}", source.describe());
        for (Notice notice : loaded.notices()) {
            if (notice.level() == Notice.Level.INFO) {
                log.info("{}", notice);
            } else {
                log.warn("{}", notice);
            }
        }
        try (Notifier notifier =
                        Notifier.fromEnvironment(f -> log.warn("notification not sent {}", f));
                Watchdog watchdog =
                        Watchdog.fromEnvironment(
                                notifier,
                                stall ->
                                        log.error(
                                                "loop stalled loop={} silence_ms={}",
                                                stall.loop(),
                                                stall.silence().toMillis()))) {
            new RunAs(loaded.config(), log).apply(surroundings.superuser());
            Agent agent = new Agent(loaded.config(), version, notifier, watchdog);
            SystemSignals.handle("TERM", agent::stop);
            SystemSignals.handle("INT", agent::stop);
            Reload reload = new Reload(source, loaded, log);
            SystemSignals.handle("HUP", () -> reload.run(agent));
            agent.run();
            log.info("stopped");
            return 0;
        } catch (Exception e) {
            return failed(log, e);
        }
    }

    private static int failed(Logger log, Exception e) {
        return switch (e) {
            case SecondInstanceException second -> said(log, second, EXIT_SECOND_INSTANCE);
            case ListenException listen -> said(log, listen, EXIT_CONFIG);
            case TlsMaterialException tls -> said(log, tls, EXIT_CONFIG);
            case IdentityException identity -> said(log, identity, EXIT_CONFIG);
            case IOException missing -> said(log, missing, EXIT_UNAVAILABLE);
            default -> {
                log.error("agent failed", e);
                yield EXIT_SOFTWARE;
            }
        };
    }

    private static int said(Logger log, Exception e, int code) {
        log.error("{}", e instanceof FileSystemException ? e.toString() : e.getMessage());
        return code;
    }
}
