// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.value.AgentId;

import java.nio.file.Path;
import java.util.List;

/** Section {@code [agent]}. */
public final class AgentKeys {
    /** Versions of Keylime's agent API that are served, oldest first. */
    public static final List<String> KNOWN_API_VERSIONS =
            List.of("2.1", "2.2", "2.3", "2.4", "2.5", "2.6");

    public static final Key<AgentId> UUID =
            key(
                    "uuid",
                    Types.agentId(),
                    AgentId.Source.HASH_EK,
                    "This host's id at registrar and verifier: hash_ek (from the TPM's endorsement"
                            + " key, survives everything but a new TPM), dmidecode, machine_id,"
                            + " hostname, generate (made at the first start and kept), or a fixed id.");
    public static final Key<Path> STATE_DIR =
            key(
                    "state_dir",
                    Types.absolutePath(),
                    Path.of("/var/lib/attestation-agent"),
                    "Directory for keys, certificate and agent data; relative paths of other keys"
                            + " lie under it. It must exist.");
    public static final Key<String> CONTACT_IP =
            key(
                    "contact_ip",
                    Types.host(),
                    "127.0.0.1",
                    "Address or host name under which verifiers reach this host; it is told to the"
                            + " registrar and stands in the agent's own certificate.");
    public static final Key<Integer> CONTACT_PORT =
            key(
                    "contact_port",
                    Types.whole(1, 65535),
                    9002,
                    "Port under which verifiers reach this host.");
    public static final Key<List<String>> API_VERSIONS =
            key(
                    "api_versions",
                    Types.listOf(Types.choice(KNOWN_API_VERSIONS.toArray(String[]::new))),
                    KNOWN_API_VERSIONS,
                    "Versions of Keylime's agent API that are served.");
    public static final Key<String> RUN_AS =
            key(
                    "run_as",
                    Types.text(
                            "user:group, or empty",
                            "|[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}:[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}"),
                    "",
                    "User and group to become when started as root. Leave it empty under systemd,"
                            + " where the unit says so.");

    static final List<Key<?>> ALL =
            List.of(UUID, STATE_DIR, CONTACT_IP, CONTACT_PORT, API_VERSIONS, RUN_AS);

    private AgentKeys() {}

    private static <T> Key<T> key(
            String option, ValueType<T> type, T standard, String description) {
        return new Key<>("agent", option, type, standard, "", description);
    }
}
