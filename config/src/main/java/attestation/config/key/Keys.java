// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The table of all keys, in the order of the sample file. */
public final class Keys {
    private static final List<Key<?>> ALL =
            Stream.of(
                            AgentKeys.ALL,
                            HttpsKeys.ALL,
                            TpmKeys.ALL,
                            ImaKeys.ALL,
                            StatusKeys.ALL,
                            MetricsKeys.ALL,
                            RegistrarKeys.ALL,
                            PayloadKeys.ALL,
                            LogKeys.ALL)
                    .<Key<?>>flatMap(List::stream)
                    .toList();

    private static final Map<String, String> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("agent", "This host's identity and where the agent keeps its state.");
        SECTIONS.put("https", "The endpoint that verifiers ask.");
        SECTIONS.put("tpm", "The TPM and the keys in it.");
        SECTIONS.put("ima", "The kernel's measurement list and the firmware's log.");
        SECTIONS.put("status", "The local socket of agent status, health and metrics.");
        SECTIONS.put("metrics", "Numbers for Prometheus beyond the local socket.");
        SECTIONS.put("registrar", "Keylime's registrar.");
        SECTIONS.put(
                "payload",
                "Keys, payloads and revocation messages from Keylime's tenant and verifier.");
        SECTIONS.put("log", "What is written to the journal.");
    }

    private Keys() {}

    /** Every key. */
    public static List<Key<?>> all() {
        return ALL;
    }

    /** The sections in order, each with a sentence about it. */
    public static Map<String, String> sections() {
        return Collections.unmodifiableMap(SECTIONS);
    }

    /** The key of that {@code section.option}. */
    public static Optional<Key<?>> find(String name) {
        return ALL.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    /** The key set by that environment variable. */
    public static Optional<Key<?>> findByEnvironment(String variable) {
        return ALL.stream().filter(key -> key.environmentName().equals(variable)).findFirst();
    }
}
