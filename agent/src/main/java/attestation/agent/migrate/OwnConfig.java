// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.keylime.config.KeylimeOptions;
import attestation.config.AgentConfig;
import attestation.config.DeviceIdentity;
import attestation.config.EffectiveConfig;
import attestation.config.LoadedConfig;
import attestation.config.key.AgentKeys;
import attestation.config.key.HttpsKeys;
import attestation.config.key.Key;
import attestation.config.key.Keys;
import attestation.config.key.PayloadKeys;
import attestation.config.key.RegistrarKeys;
import attestation.config.key.TpmKeys;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Keylime's configuration as a snippet of ours: every key that one of its options stands for,
 * whatever our main file says, and files at the places to which they went.
 */
final class OwnConfig {
    /** Where state lies and as whom the agent runs is for our own configuration and unit to say. */
    private static final Set<Key<?>> OURS = Set.of(AgentKeys.STATE_DIR, AgentKeys.RUN_AS);

    private final LoadedConfig loaded;
    private final Map<Key<?>, String> literals = new HashMap<>();

    private OwnConfig(LoadedConfig loaded) {
        this.loaded = loaded;
    }

    /**
     * @param from whose configuration it was, for people
     * @param places from a file's former place to its new one
     */
    static String render(LoadedConfig loaded, String from, UnaryOperator<Path> places) {
        OwnConfig config = new OwnConfig(loaded);
        config.files(loaded.config(), places);
        config.secrets(loaded.config());
        return "# Written by \"agent migrate\" from "
                + from.replaceAll("\\p{Cntrl}", "?")
                + ".\n# It is yours now; later changes there have no effect here.\n"
                + config.sections();
    }

    private void files(AgentConfig config, UnaryOperator<Path> places) {
        put(HttpsKeys.SERVER_KEY, places.apply(config.https().identity().key()));
        put(HttpsKeys.SERVER_CERT, places.apply(config.https().identity().certificate()));
        put(
                HttpsKeys.TRUSTED_CLIENT_CA,
                config.https().trustedClientCa().stream().map(places).toList());
        put(PayloadKeys.KEY, places.apply(config.payload().key()));
        put(PayloadKeys.REVOCATION_CERT, places.apply(config.payload().revocation().certificate()));
        put(TpmKeys.AGENT_DATA_PATH, places.apply(config.tpm().agentDataPath()));
        put(RegistrarKeys.TLS_CA_CERT, places.apply(config.registrar().tlsCaCert()));
        DeviceIdentity device = config.tpm().deviceIdentity();
        put(TpmKeys.IAK_CERT, device.iak().certificate().map(places));
        put(TpmKeys.IDEVID_CERT, device.idevid().certificate().map(places));
    }

    private void secrets(AgentConfig config) {
        DeviceIdentity device = config.tpm().deviceIdentity();
        put(HttpsKeys.SERVER_KEY_PASSWORD, config.https().identity().keyPassword());
        put(PayloadKeys.KEY_PASSWORD, config.payload().keyPassword());
        put(TpmKeys.ENDORSEMENT_PASSWORD, config.tpm().endorsementPassword());
        put(TpmKeys.IAK_PASSWORD, device.iak().password());
        put(TpmKeys.IDEVID_PASSWORD, device.idevid().password());
    }

    private <T> void put(Key<T> key, T value) {
        literals.put(key, key.type().literal(value));
    }

    private String sections() {
        StringBuilder out = new StringBuilder();
        for (String section : Keys.sections().keySet()) {
            StringBuilder lines = new StringBuilder();
            for (Key<?> key : Keys.all()) {
                if (key.section().equals(section) && !OURS.contains(key)) {
                    line(key).ifPresent(lines::append);
                }
            }
            if (!lines.isEmpty()) {
                out.append("\n[").append(section).append("]\n").append(lines);
            }
        }
        return out.toString();
    }

    private Optional<String> line(Key<?> key) {
        String settled = literals.get(key);
        Optional<String> literal = settled == null ? row(key) : Optional.of(settled);
        return literal.map(value -> key.option() + " = " + value + "\n");
    }

    /** Keylime's has it from the environment alone, where an empty one says nothing. */
    private boolean isTcti(Key<?> key) {
        return key.equals(TpmKeys.TCTI) && !loaded.config().tpm().tcti().isEmpty();
    }

    private Optional<String> row(Key<?> key) {
        return loaded.effective().rows().stream()
                .filter(row -> row.name().equals(key.name()))
                .filter(row -> isKeylimes(key) || isTcti(key))
                .map(EffectiveConfig.Row::value)
                .findFirst();
    }

    private static boolean isKeylimes(Key<?> key) {
        return key.equals(PayloadKeys.ENABLED)
                || KeylimeOptions.all().stream()
                        .anyMatch(option -> option.key().equals(Optional.of(key)));
    }
}
