// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.keylime.config.ConfigSource;
import attestation.config.ConfigException;
import attestation.config.EffectiveConfig;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.key.HttpsKeys;
import attestation.config.key.Key;
import attestation.config.key.LogKeys;
import attestation.systemd.JournalLogging;

import org.slf4j.Logger;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What SIGHUP does: certificates, client CAs, the allow-list and the log level are taken from the
 * configuration as it is now. Of all else it is said that it needs a restart, since an operator who
 * changed it believes that it counts.
 */
final class Reload {
    private static final Set<String> AT_ONCE =
            Stream.<Key<?>>of(
                            HttpsKeys.SERVER_KEY,
                            HttpsKeys.SERVER_KEY_PASSWORD,
                            HttpsKeys.SERVER_CERT,
                            HttpsKeys.TRUSTED_CLIENT_CA,
                            HttpsKeys.ALLOW,
                            LogKeys.LEVEL)
                    .map(Key::name)
                    .collect(Collectors.toUnmodifiableSet());

    private final ConfigSource source;
    private final LoadedConfig started;
    private final Logger log;

    /**
     * @param started what the agent was started with
     */
    Reload(ConfigSource source, LoadedConfig started, Logger log) {
        this.source = source;
        this.started = started;
        this.log = log;
    }

    void run(Agent agent) {
        try {
            LoadedConfig fresh = source.load(Map.of(), FileCheck.REQUIRED);
            JournalLogging.setLevel(level(fresh));
            tellWhatWaits(fresh.effective());
            if (fresh.config().https().mutualTls() == started.config().https().mutualTls()) {
                agent.reload(fresh.config().https());
            }
        } catch (ConfigException e) {
            e.problems().forEach(problem -> log.error("configuration not reloaded {}", problem));
            agent.reload();
        }
    }

    private void tellWhatWaits(EffectiveConfig fresh) {
        Map<String, String> before = new HashMap<>();
        started.effective().rows().forEach(row -> before.put(row.name(), row.value()));
        for (EffectiveConfig.Row row : fresh.rows()) {
            if (!AT_ONCE.contains(row.name()) && !row.value().equals(before.get(row.name()))) {
                log.warn(
                        "configuration changed, takes effect at a restart only key={} value={}"
                                + " origin=\"{}\"",
                        row.name(),
                        row.value(),
                        row.origin());
            }
        }
    }

    static Level level(LoadedConfig loaded) {
        return switch (loaded.config().log().level()) {
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
        };
    }
}
